package dev.lamina.vision;

import dev.lamina.io.Image;
import dev.lamina.io.ImageFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;

/** Real data: in LAMINA_DATA, else in the nearest {@code shared/data} above the working directory. */
public final class SharedImages {
    private SharedImages() { }

    /** A file; skips the test if it is not there. */
    public static Path file(String name) {
        String named = System.getenv("LAMINA_DATA");
        Path data = named == null || named.isBlank() ? null : Path.of(named);
        for (Path folder = Path.of("").toAbsolutePath(); data == null && folder != null; folder = folder.getParent()) {
            data = Files.isDirectory(folder.resolve("shared/data")) ? folder.resolve("shared/data") : null;
        }
        Path found = data == null ? null : data.resolve(name);
        Assumptions.assumeTrue(found != null && Files.isRegularFile(found),
                "skipped: no " + name + " in LAMINA_DATA or in a shared/data above the working directory");
        return found;
    }

    /** A blood cell image of 480 x 640 pixels. */
    public static Image bloodCells() throws IOException {
        String name = "BCCD/JPEGImages/BloodImage_00007.jpg";
        try (ZipFile zip = new ZipFile(file("bccd/bccd.zip").toFile()); InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return ImageFile.decode(name, in.readAllBytes(), ImageFile.MAX_PIXELS);
        }
    }
}
