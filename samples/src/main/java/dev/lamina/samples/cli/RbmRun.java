package dev.lamina.samples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.io.AtomicFiles;
import dev.lamina.rbm.RbmFile;
import dev.lamina.rbm.RbmStack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a run of {@code lamina rbm} leaves in its folder about its data, so that it can be resumed.
 *
 * @param data name of the data set
 * @param dataDir folder with its files
 * @param trainLimit training samples used; 0 for all
 * @param seed seed of generated data
 */
record RbmRun(String data, String dataDir, int trainLimit, long seed) {
    /** The machines, in a run's folder. */
    static final String MACHINES = "rbm.safetensors";

    private static final String FILE = "rbm.json";
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    void write(Path folder) throws IOException {
        AtomicFiles.writeString(folder.resolve(FILE), JSON.writeValueAsString(this) + "\n");
    }

    static RbmRun read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("rbm: " + file + " does not exist. Give the folder of a run of `lamina rbm train`.");
        }
        return JSON.readValue(Files.readAllBytes(file), RbmRun.class);
    }

    /** The machines of a run's folder, or of a file. */
    static RbmStack machines(Path path) throws IOException {
        return RbmFile.load(Files.isDirectory(path) ? path.resolve(MACHINES) : path);
    }
}
