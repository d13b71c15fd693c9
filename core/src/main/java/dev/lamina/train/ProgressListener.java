package dev.lamina.train;

import java.io.PrintStream;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows progress to people: on a terminal a bar for each epoch with samples per second, time left, loss and accuracy; elsewhere, and after
 * each epoch, one line. One thread at a time.
 */
public final class ProgressListener implements Listener {
    private static final int WIDTH = 110;
    private static final int UPDATE_MILLIS = 200;

    private final PrintStream out;
    private final boolean terminal;
    private Start start;
    private ProgressBar bar;

    /**
     * A listener that prints to a stream.
     *
     * @param terminal whether the stream shows on a terminal that understands carriage returns
     */
    public ProgressListener(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** A listener for a standard stream: with a bar if this process talks to a terminal. */
    public ProgressListener(PrintStream out) {
        this(out, System.console() != null && System.console().isTerminal());
    }

    @Override
    public void onStart(Start event) {
        start = event;
        String from = event.step() == 0 ? "" : String.format(Locale.ROOT, ", resuming at step %d", event.step());
        print("Training %s on %s: %d samples, %d epochs, batch size %d, %s (%s)%s", event.config().model(), event.config().data(),
                event.trainSamples(), event.config().epochs(), event.config().batchSize(), event.backend(), event.device(), from);
    }

    @Override
    public void onStep(Step step) {
        if (!terminal) {
            return;
        }
        if (bar == null) {
            long before = step.batch() == 0 ? 0 : step.samples();
            bar = new ProgressBarBuilder().setTaskName("Epoch " + step.epoch() + "/" + start.config().epochs())
                    .setInitialMax(start.trainSamples()).startsFrom(before, Duration.ZERO).setUnit("", 1)
                    .showSpeed(new DecimalFormat("0 samples", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                    .setStyle(ProgressBarStyle.ASCII).setUpdateIntervalMillis(UPDATE_MILLIS).clearDisplayOnFinish()
                    .setConsumer(new ConsoleProgressBarConsumer(out, WIDTH)).build();
        }
        bar.stepTo(step.samples());
        bar.setExtraMessage(String.format(Locale.ROOT, " loss %.4f acc %.2f %%", step.meanLoss(), 100 * step.meanAccuracy()));
    }

    @Override
    public void onEpoch(Epoch epoch) {
        closeBar();
        EpochMetrics m = epoch.metrics();
        print("Epoch %d/%d: train loss %.4f, accuracy %.2f %%; test loss %.4f, accuracy %.2f %%; %.1f s, %.0f samples/s, "
                + "%.1f %% of it waiting for data", m.epoch(),
                start.config().epochs(), m.trainLoss(), 100 * m.trainAccuracy(), m.testLoss(), 100 * m.testTop1(), m.seconds(),
                m.samplesPerSecond(), 100 * m.waitingShare());
    }

    @Override
    public void onEnd(TrainResult result) {
        closeBar();
        switch (result.end()) {
            case FINISHED -> { }
            case EARLY_STOP -> print("Stopped early: the test loss has not fallen for %d epochs.", start.config().patience());
            case STOPPED -> print("Stopped at step %d; the run can be resumed.", result.steps());
        }
    }

    @Override
    public void close() {
        closeBar();
    }

    private void closeBar() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private void print(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
        out.flush();
    }
}
