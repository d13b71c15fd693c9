package dev.lamina.samples.bench;

import java.io.PrintStream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how many processes have measured, and which does now: a bar on a terminal, elsewhere a line each. */
final class Watch implements AutoCloseable {
    private static final int WIDTH = 110;

    private final PrintStream out;
    private final int total;
    private final ProgressBar bar;
    private int started;

    Watch(PrintStream out, int total, boolean terminal) {
        this.out = out;
        this.total = total;
        this.bar = terminal ? new ProgressBarBuilder().setTaskName("bench").setInitialMax(total).setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500).clearDisplayOnFinish().setConsumer(new ConsoleProgressBarConsumer(out, WIDTH)).build() : null;
    }

    /** Something else is measured from now on. */
    void next(String what) {
        if (bar == null) {
            out.printf("[%d/%d] %s%n", started + 1, total, what);
            out.flush();
        } else {
            bar.stepTo(started);
            bar.setExtraMessage(" " + what);
        }
        started++;
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
        }
    }
}
