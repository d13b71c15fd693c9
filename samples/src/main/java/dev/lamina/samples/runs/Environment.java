package dev.lamina.samples.runs;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.Backends;
import dev.lamina.io.AtomicFiles;
import dev.lamina.io.CorruptFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * What a run was computed with. {@value #FILE} holds one entry for each time that training was started. Immutable and thread-safe.
 *
 * @param started time of the start, UTC, to the second
 * @param lamina version of Lamina
 * @param commit abbreviated commit that it was built from, followed by {@code -dirty} if files differed from it; {@code unknown} if it was
 *     built outside a checkout
 * @param java version and vendor of Java
 * @param system operating system, its version and the processor's kind
 * @param processors that Java may use
 * @param heapBytes most heap that Java may use
 * @param backend name of the backend
 * @param device name of its device
 * @param libraries what the backend says of its native libraries; empty if it has none
 * @param command words of the command line, without the program's name
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Environment(String started, String lamina, String commit, String java, String system, int processors, long heapBytes,
        String backend, String device, List<String> libraries, List<String> command) {
    /** Name of the file in a run folder. */
    public static final String FILE = "environment.json";

    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Copies the lists. */
    public Environment {
        libraries = libraries == null ? List.of() : List.copyOf(libraries);
        command = command == null ? List.of() : List.copyOf(command);
    }

    /** Of this process. */
    public static Environment now(Backend backend, String version, List<String> command) {
        Runtime runtime = Runtime.getRuntime();
        List<String> libraries = Backends.providers().stream().filter(p -> p.name().equals(backend.name()))
                .map(BackendProvider::details).findFirst().orElse(List.of());
        return new Environment(Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(), version, builtFrom(),
                Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch"),
                runtime.availableProcessors(), runtime.maxMemory(), backend.name(), backend.device().name(), libraries, command);
    }

    private static String builtFrom() {
        Properties git = new Properties();
        try (InputStream in = Environment.class.getResourceAsStream("git.properties")) {
            if (in != null) {
                git.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String commit = git.getProperty("git.commit.id.abbrev", "");
        return commit.isEmpty() ? "unknown" : Boolean.parseBoolean(git.getProperty("git.dirty")) ? commit + "-dirty" : commit;
    }

    /**
     * Reads a run's entries, oldest first.
     *
     * @return empty if the run has no such file
     * @throws CorruptFileException if it cannot be understood
     */
    public static List<Environment> read(Path run) throws IOException {
        Path file = run.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try {
            Environment[] entries = JSON.readValue(Files.readAllBytes(file), Environment[].class);
            return entries == null ? List.of() : List.of(entries);
        } catch (JsonProcessingException | NullPointerException e) {
            throw new CorruptFileException(file, "cannot be understood, needs a list of environments. Delete it; a later start makes it "
                    + "anew.", e);
        }
    }

    /** Adds this entry to a run's file. One that cannot be understood is an error and stays as it is. */
    public void appendTo(Path run) throws IOException {
        List<Environment> entries = new ArrayList<>(read(run));
        entries.add(this);
        AtomicFiles.writeString(run.resolve(FILE), JSON.writeValueAsString(entries) + "\n");
    }
}
