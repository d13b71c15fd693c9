package dev.lamina.train;

import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Writes a run's folder, if it has one: checkpoints, the best weights, the last ones. One thread at a time. */
final class RunWriter {
    private final Path folder;
    private final TensorWriter writer;
    private final List<Listener> listeners;
    private RunRecord saved;

    /**
     * A writer that has written nothing yet.
     *
     * @param folder null for no folder
     * @param saved what a resumed run goes on from, else null
     */
    RunWriter(Path folder, TensorWriter writer, List<Listener> listeners, RunRecord saved) {
        this.folder = folder;
        this.writer = writer;
        this.listeners = listeners;
        this.saved = saved;
    }

    /** The last record that is complete on disk. */
    Optional<RunRecord> saved() {
        return Optional.ofNullable(saved);
    }

    /** The last checkpoint, read back. */
    Checkpoint load() throws IOException {
        return Checkpoint.load(folder);
    }

    /** Writes a checkpoint; where the tensors of this step are there already, the record alone. */
    void checkpoint(RunRecord run, Supplier<Map<String, Tensor>> tensors) throws IOException {
        if (folder == null) {
            return;
        }
        boolean tensorsThere = saved != null && saved.step() == run.step();
        guarded("checkpoint-" + run.step() + ".safetensors", () -> saved = tensorsThere ? Checkpoint.saveRun(folder, sameTensors(run))
                : Checkpoint.save(writer, folder, run, new TreeMap<>(tensors.get())));
        Listener.Saved event = new Listener.Saved(folder.resolve(saved.checkpoint()), saved.step());
        listeners.forEach(l -> l.onCheckpoint(event));
    }

    /** Keeps the weights of an epoch as the best so far. */
    void best(RunRecord run, Map<String, Tensor> weights) throws IOException {
        if (folder != null) {
            guarded(RunFolder.WEIGHTS_BEST,
                    () -> writer.write(folder.resolve(RunFolder.WEIGHTS_BEST), new TreeMap<>(weights), RunFolder.metadata(run)));
        }
    }

    /** The weights of the best epoch. */
    Map<String, Tensor> best() throws IOException {
        return Checkpoint.read(folder.resolve(RunFolder.WEIGHTS_BEST));
    }

    /** Writes the last weights and marks the run as finished. */
    void finish(RunRecord run, Supplier<Map<String, Tensor>> weights) throws IOException {
        if (folder != null) {
            guarded(RunFolder.WEIGHTS, () -> {
                writer.write(folder.resolve(RunFolder.WEIGHTS), new TreeMap<>(weights.get()), RunFolder.metadata(saved));
                saved = Checkpoint.saveRun(folder, sameTensors(run));
            });
        }
    }

    private RunRecord sameTensors(RunRecord run) {
        return run.withFile(saved.checkpoint(), saved.sha256());
    }

    private interface Write {
        void run() throws IOException;
    }

    /** Does it; an error says what is left to go on from. */
    private void guarded(String file, Write write) throws IOException {
        try {
            write.run();
        } catch (IOException e) {
            String left = saved == null ? "No checkpoint was written before."
                    : "The last good checkpoint, " + saved.checkpoint() + ", is unharmed: free some space, then go on with "
                            + "--resume " + folder + ".";
            String reason = e.getClass() == IOException.class ? e.getMessage() : e.toString();
            throw new IOException("checkpoint: cannot write \"" + folder.resolve(file) + "\": " + reason + "; " + free()
                    + " bytes are free there. " + left, e);
        }
    }

    private String free() {
        try {
            return Long.toString(Files.getFileStore(folder).getUsableSpace());
        } catch (IOException e) {
            return "unknown";
        }
    }
}
