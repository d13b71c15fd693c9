package dev.lamina.samples.cli;

import dev.lamina.inspect.learned.InspectListener;
import java.io.PrintWriter;

/** Shows what a look is at: on a terminal in one line that is written again, elsewhere in a line for each stage that is done. */
final class InspectProgress implements InspectListener {
    private final PrintWriter out;
    private final boolean terminal = System.console() != null && System.console().isTerminal();
    private int width;

    InspectProgress(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void onProgress(String stage, long done, long total) {
        String line = stage + ": " + done + " of " + total;
        if (terminal) {
            out.print("\r" + line + " ".repeat(Math.max(0, width - line.length())));
            width = line.length();
        } else if (done == total) {
            out.println(line);
        }
        out.flush();
    }

    /** Ends the line. */
    void end() {
        if (terminal && width > 0) {
            out.println();
            out.flush();
        }
    }
}
