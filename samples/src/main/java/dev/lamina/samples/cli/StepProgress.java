package dev.lamina.samples.cli;

import dev.lamina.check.CheckListener;
import java.io.PrintWriter;

/** Shows how much of a check is done: on a terminal in one line that is written again, elsewhere in a line for each tenth. */
final class StepProgress implements CheckListener {
    private final PrintWriter out;
    private final boolean terminal = System.console() != null && System.console().isTerminal();
    private int shown;

    StepProgress(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void done(int done, int total) {
        if (!terminal && done < total && done < shown + Math.ceilDiv(total, 10)) {
            return;
        }
        shown = done;
        String line = "checked " + done + " of " + total + " steps";
        if (terminal) {
            out.print("\r" + line);
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Ends the line and begins anew. */
    void end() {
        if (terminal && shown > 0) {
            out.println();
            out.flush();
        }
        shown = 0;
    }
}
