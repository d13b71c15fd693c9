package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.io.ImageFile;
import dev.lamina.nn.Model;
import dev.lamina.optim.Adam;
import dev.lamina.parity.ModelSteps;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 9: AlexNet without dropout learns 64 photographs of flowers by heart, here a narrow one on images of 67 pixels. */
class MemorisationTest {
    private static final int COUNT = 64;
    private static final int PIXELS = 67;
    private static final int MOST_STEPS = 400;
    private static final double LOSS = 0.05;

    private static Path archive() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            Path found = at.resolve("shared/data/flowers128/flowers.zip");
            if (Files.isRegularFile(found)) {
                return found;
            }
        }
        assumeTrue(false, "shared/data/flowers128/flowers.zip is not there");
        throw new IllegalStateException();
    }

    /** The first images of each kind in turn, numbers in [-1, 1]. */
    private static void read(Path folder, float[] pixels, int[] labels) throws IOException {
        try (ZipFile zip = new ZipFile(archive().toFile())) {
            TreeMap<String, List<ZipEntry>> kinds = new TreeMap<>();
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().endsWith(".jpg")) {
                    kinds.computeIfAbsent(entry.getName().split("/")[1], _ -> new ArrayList<>()).add(entry);
                }
            }
            List<List<ZipEntry>> all = List.copyOf(kinds.values());
            for (int n = 0; n < COUNT; n++) {
                labels[n] = n % all.size();
                Path file = folder.resolve(n + ".jpg");
                Files.write(file, zip.getInputStream(all.get(labels[n]).get(n / all.size())).readAllBytes());
                long[] image = ImageFile.resize(ImageFile.read(file), PIXELS, PIXELS).toLongs();
                for (int i = 0; i < image.length; i++) {
                    pixels[n * image.length + i] = image[i] / 127.5F - 1;
                }
            }
        }
    }

    @Tag("slow")
    @Test
    void aNarrowAlexNetLearnsSixtyFourFlowersByHeart(@TempDir Path folder) throws IOException {
        float[] pixels = new float[COUNT * 3 * PIXELS * PIXELS];
        int[] labels = new int[COUNT];
        read(folder, pixels, labels);
        Tensor images = Tensor.of(pixels, COUNT, 3, PIXELS, PIXELS);
        Model model = Models.create("alexnet", Shape.of(3, PIXELS, PIXELS), 5,
                ModelOptions.defaults().width(0.125).with("dropout", "0").with("bias", "0.1"));
        double loss = Double.POSITIVE_INFINITY;
        int steps = 0;
        try (Backend backend = Backends.choose("auto", new DeviceOptions(0, 1)).backend();
                ModelSteps training = new ModelSteps(backend, model, DType.FLOAT32, COUNT, new Adam(0.9, 0.999, 1e-8, 0, false, false),
                        1e-3)) {
            while (loss >= LOSS && steps < MOST_STEPS) {
                loss = training.run(images, Tensor.of(labels)).get("loss").item();
                steps++;
            }
        }
        assertTrue(loss < LOSS, "loss " + loss + " after " + steps + " steps");
    }
}
