package dev.lamina.io.onnx.cases;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Backend;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.function.Executable;

/** The cases of ONNX's test suite in {@code shared/onnx-cases} above the working directory; tests are skipped where it is not there. */
public final class OnnxCases implements AutoCloseable {
    private final FileSystem zip;
    private final List<OnnxCase> all;
    private final Map<String, String> refused = new LinkedHashMap<>();

    private OnnxCases(Path folder) throws IOException {
        zip = FileSystems.newFileSystem(folder.resolve("onnx-cases.zip"));
        all = Files.readAllLines(folder.resolve("INDEX.txt")).stream().filter(line -> !line.startsWith("#"))
                .map(line -> line.substring(0, line.indexOf('\t'))).map(name -> new OnnxCase(name, zip.getPath("/" + name))).toList();
        try (InputStream in = OnnxCases.class.getResourceAsStream("refused.txt")) {
            new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                String[] parts = line.split("\t", 2);
                refused.put(parts[0], parts[1]);
            });
        }
    }

    /** Opens the suite. */
    public static OnnxCases open() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path folder = at.resolve("shared/onnx-cases");
            if (Files.isDirectory(folder)) {
                try {
                    return new OnnxCases(folder);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        assumeTrue(false, "skipped: no shared/onnx-cases above the working directory");
        throw new IllegalStateException();
    }

    /** All cases in the suite's order. */
    public List<OnnxCase> all() {
        return all;
    }

    /** What a case's error must say, for those that Lamina refuses, by name. */
    public Map<String, String> refused() {
        return refused;
    }

    /** Checks a case: its values, or that it is refused as it should be. */
    public void check(OnnxCase one, Backend backend) throws IOException {
        String refusal = refused.get(one.name());
        if (refusal == null) {
            one.check(backend);
            return;
        }
        Executable check = () -> one.check(backend);
        Throwable error = assertThrows(Exception.class, check);
        assertTrue(error.getMessage().contains(refusal), error.getMessage());
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
