package dev.lamina.samples.reproduce;

import dev.lamina.backend.Backend;
import dev.lamina.data.DataOptions;
import dev.lamina.data.Datasets;
import dev.lamina.data.Split;
import dev.lamina.samples.demo.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What rows measure with: a backend, data sets, and results that several rows share. One thread at a time. */
public final class Laboratory {
    private final Backend backend;
    private final Path data;
    private final Map<String, Object> shared = new HashMap<>();
    private String openName;
    private Samples open;

    /** Computes a result that rows share. */
    @FunctionalInterface
    public interface Computation<T> {
        /** The result. */
        T compute() throws IOException;
    }

    /** Rows run on this backend, which stays the caller's, with the data sets in this folder. */
    public Laboratory(Backend backend, Path data) {
        this.backend = backend;
        this.data = data;
    }

    /** The backend. */
    public Backend backend() {
        return backend;
    }

    /** Where data sets are. */
    public DataOptions options() {
        return DataOptions.in(data);
    }

    /** A data set by name, as images. */
    public Split split(String name) throws IOException {
        return Datasets.open(name, options());
    }

    /**
     * A file of the models that were given with the data, in the folder {@code models} within the data's or beside it.
     *
     * @throws NoSuchFileException if it is in neither
     */
    public Path model(String file) throws IOException {
        Path within = data.resolve("models").resolve(file);
        Path beside = data.toAbsolutePath().resolveSibling("models").resolve(file);
        if (Files.isRegularFile(within) || Files.isRegularFile(beside)) {
            return Files.isRegularFile(within) ? within : beside;
        }
        throw new NoSuchFileException(within + " (nor " + beside + ")");
    }

    /** The pixels of a data set, divided by 255. The set asked for last is kept, the ones before are not. */
    public Samples pixels(String name) throws IOException {
        if (!name.equals(openName)) {
            open = null;
            open = Samples.pixels(split(name));
            openName = name;
        }
        return open;
    }

    /** A result that is computed by the first row that asks for it. */
    public <T> T once(String name, Class<T> type, Computation<T> computation) throws IOException {
        Object known = shared.get(name);
        if (known == null) {
            known = computation.compute();
            shared.put(name, known);
        }
        return type.cast(known);
    }
}
