package dev.lamina.samples.runs;

import dev.lamina.nn.Model;
import dev.lamina.train.EpochMetrics;
import dev.lamina.train.Listener;
import dev.lamina.train.RunFolder;
import dev.lamina.train.TrainResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Writes {@value Environment#FILE} when training starts and {@value RunPage#FILE} then, after each epoch and at the end; at the end the
 * filters of the first layer too, if that is a convolution over one channel or three. One thread at a time.
 */
public final class RunPageListener implements Listener {
    private final Path folder;
    private final Environment environment;
    private final Optional<String> filters;
    private Start start;
    private List<EpochMetrics> history = List.of();
    private long steps;
    private Path checkpoint;
    private boolean ended;

    /** A listener that writes into this folder. */
    public RunPageListener(Path folder, Model model, Environment environment) {
        this.folder = folder;
        this.environment = environment;
        this.filters = FirstLayer.filters(model);
    }

    @Override
    public void onStart(Start event) {
        start = event;
        history = event.history();
        steps = event.step();
        try {
            environment.appendTo(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("page: " + e.getMessage(), e);
        }
        write(RunState.Phase.TRAINING);
    }

    @Override
    public void onStep(Step step) {
        steps = step.step();
    }

    @Override
    public void onEpoch(Epoch epoch) {
        history = epoch.history();
        write(RunState.Phase.TRAINING);
    }

    @Override
    public void onCheckpoint(Saved saved) {
        checkpoint = saved.file();
    }

    @Override
    public void onEnd(TrainResult result) {
        ended = true;
        history = result.history();
        steps = result.steps();
        boolean stopped = result.end() == TrainResult.End.STOPPED;
        Path weights = stopped ? checkpoint : folder.resolve(RunFolder.WEIGHTS);
        if (filters.isPresent() && weights != null) {
            try {
                FirstLayer.draw(weights, filters.get(), folder.resolve(FirstLayer.FILE));
            } catch (IOException e) {
                throw new UncheckedIOException("page: cannot draw the filters of \"" + weights + "\": " + e.getMessage(), e);
            }
        }
        write(stopped ? RunState.Phase.STOPPED : RunState.Phase.FINISHED);
    }

    /** Called without {@link #onEnd} before it if an error ended training. */
    @Override
    public void close() {
        if (start != null && !ended) {
            ended = true;
            write(RunState.Phase.FAILED);
        }
    }

    private void write(RunState.Phase phase) {
        try {
            RunPage.write(folder, new RunState(start.config(), start.backend(), start.device(), steps, history, phase));
        } catch (IOException e) {
            throw new UncheckedIOException("page: cannot write \"" + folder.resolve(RunPage.FILE) + "\": " + e.getMessage(), e);
        }
    }
}
