package dev.lamina.samples.cli;

import java.io.PrintWriter;
import java.util.function.IntConsumer;

/** Shows how many steps of a check are done: on a terminal in one line that is written again, elsewhere in a line for each tenth. */
final class StepProgress implements IntConsumer {
    private final int steps;
    private final PrintWriter out;
    private final boolean terminal = System.console() != null && System.console().isTerminal();
    private int shown;

    /** Shows nothing if there is one step only. */
    StepProgress(int steps, PrintWriter out) {
        this.steps = steps;
        this.out = out;
    }

    @Override
    public void accept(int done) {
        if (steps == 1 || !terminal && done < steps && done < shown + Math.ceilDiv(steps, 10)) {
            return;
        }
        shown = done;
        String line = "step " + done + " of " + steps;
        if (terminal) {
            out.print("\r" + line);
        } else {
            out.println(line);
        }
        out.flush();
    }

    /** Ends the line. */
    void end() {
        if (terminal && shown > 0) {
            out.println();
            out.flush();
        }
    }
}
