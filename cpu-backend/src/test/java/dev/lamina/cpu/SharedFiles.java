package dev.lamina.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of real data and recorded results beside the checkout; tests that need it are skipped where it is not. */
public final class SharedFiles {
    private SharedFiles() { }

    /** A folder of it; skips the test if it is not there. */
    public static Path folder(String name) {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared").resolve(name);
            if (Files.isDirectory(found)) {
                return found;
            }
        }
        assumeTrue(false, "shared/" + name + " is not there");
        throw new IllegalStateException();
    }
}
