package dev.lamina.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.lamina.io.AtomicFiles;
import dev.lamina.io.CorruptFileException;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;

/**
 * A complete state of training on disk: {@value #RUN} and the file of tensors that it names, {@code checkpoint-<step>.safetensors}.
 *
 * <p>The tensors are written first, under a new name; then {@value #RUN} is replaced; then older tensors are deleted. Each of these is
 * atomic, so whenever the process dies the folder holds a pair that belongs together.
 */
final class Checkpoint {
    static final String RUN = "run.json";

    private final RunRecord run;
    private final Map<String, Tensor> tensors;

    private Checkpoint(RunRecord run, Map<String, Tensor> tensors) {
        this.run = run;
        this.tensors = tensors;
    }

    RunRecord run() {
        return run;
    }

    /** Copies of all variables by name. */
    Map<String, Tensor> tensors() {
        return tensors;
    }

    static boolean exists(Path folder) {
        return Files.exists(folder.resolve(RUN));
    }

    /** Writes a checkpoint and returns the record as written. */
    static RunRecord save(Path folder, RunRecord run, Map<String, Tensor> tensors) throws IOException {
        return save(Safetensors::write, folder, run, tensors);
    }

    static RunRecord save(TensorWriter writer, Path folder, RunRecord run, Map<String, Tensor> tensors) throws IOException {
        String name = "checkpoint-" + run.step() + ".safetensors";
        Path file = folder.resolve(name);
        writer.write(file, tensors, Map.of("lamina.step", Long.toString(run.step())));
        return saveRun(folder, run.withFile(name, sha256(file)));
    }

    /** Writes the record alone, for a file of tensors that is there, and deletes those that are no longer needed. */
    static RunRecord saveRun(Path folder, RunRecord run) throws IOException {
        AtomicFiles.writeString(folder.resolve(RUN), Json.text(run));
        try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, "checkpoint-*.safetensors")) {
            for (Path file : old) {
                if (!file.getFileName().toString().equals(run.checkpoint())) {
                    Files.deleteIfExists(file);
                }
            }
        }
        return run;
    }

    /**
     * Reads the record alone.
     *
     * @throws TrainingException if there is none
     * @throws CorruptFileException if it cannot be understood
     */
    static RunRecord loadRun(Path folder) throws IOException {
        Path file = folder.resolve(RUN);
        if (!Files.isRegularFile(file)) {
            String fact = Files.isDirectory(folder) ? RUN + " is missing" : "does not exist";
            throw new TrainingException("run folder \"" + folder + "\": " + fact + ". Give the folder of a run that has started training.");
        }
        RunRecord run;
        try {
            run = Json.MAPPER.readValue(Files.readAllBytes(file), RunRecord.class);
        } catch (JsonProcessingException e) {
            throw new CorruptFileException("run folder \"" + folder + "\": " + RUN + " is damaged: "
                    + e.getOriginalMessage().replaceFirst(" \\(start marker.*", "")
                    + (e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr()) + ".");
        }
        if (run == null || run.config() == null || run.sums() == null || run.statistics() == null || run.checkpoint() == null
                || run.sha256() == null) {
            throw new CorruptFileException("run folder \"" + folder + "\": " + RUN + " is damaged: it lacks config, sums, statistics, "
                    + "checkpoint or sha256.");
        }
        if (run.config().model() == null || run.config().data() == null || run.backend() == null || run.device() == null
                || run.classNames().isEmpty() || run.inputShape().size() != 3 || run.inputShape().stream().anyMatch(n -> n < 1)) {
            throw new CorruptFileException("run folder \"" + folder + "\": " + RUN + " is damaged: it lacks the model, data, backend, "
                    + "device or class names, or its input shape is " + run.inputShape() + ", needs [C, H, W].");
        }
        if (run.format() != RunRecord.FORMAT) {
            throw new CorruptFileException("run folder \"" + folder + "\": " + RUN + " has format " + run.format() + ", this Lamina reads "
                    + RunRecord.FORMAT + ".");
        }
        return run;
    }

    /**
     * Reads a checkpoint.
     *
     * @throws TrainingException if a file is missing
     * @throws CorruptFileException if one is damaged
     */
    static Checkpoint load(Path folder) throws IOException {
        RunRecord run = loadRun(folder);
        Path file = file(folder, run);
        String name = run.checkpoint();
        String hash = sha256(file);
        if (!Objects.equals(hash, run.sha256())) {
            throw new CorruptFileException("run folder \"" + folder + "\": " + name + " is damaged: it has " + Files.size(file)
                    + " bytes with sha256 " + hash + ", " + RUN + " expects " + run.sha256()
                    + ". The run cannot be resumed; start it anew in another folder.");
        }
        return new Checkpoint(run, read(file));
    }

    /**
     * The file of tensors that a record names.
     *
     * @throws TrainingException if it is missing
     * @throws CorruptFileException if the record names no such file
     */
    static Path file(Path folder, RunRecord run) throws CorruptFileException {
        String name = run.checkpoint();
        if (!name.matches("checkpoint-\\d+\\.safetensors")) {
            throw new CorruptFileException("run folder \"" + folder + "\": " + RUN + " names the checkpoint \"" + name
                    + "\", needs checkpoint-<step>.safetensors.");
        }
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new TrainingException("run folder \"" + folder + "\": " + name + " is missing, which " + RUN
                    + " names. The run cannot be resumed; start it anew in another folder.");
        }
        return file;
    }

    /** Copies of all tensors of a file. */
    static Map<String, Tensor> read(Path file) throws IOException {
        try (SafetensorsFile tensors = Safetensors.read(file)) {
            return tensors.tensors();
        }
    }

    /** Deletes what a killed process left half written. */
    static void cleanUp(Path folder) throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*.part-*")) {
            for (Path part : parts) {
                Files.deleteIfExists(part);
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("sha256: every JDK has it.", e);
        }
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
