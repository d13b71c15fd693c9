package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.data.DataOptions;
import dev.lamina.data.Dataset;
import dev.lamina.data.Datasets;
import dev.lamina.data.Split;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** What tests of featurisers share: the two backends, numbers, real data. */
public final class Both {
    /** The plain one. */
    public static final Backend REFERENCE = Backends.open("reference");
    /** oneDNN, on one thread, as tests share the machine. */
    public static final Backend CPU = Backends.choose("cpu", new DeviceOptions(0, 1)).backend();

    private Both() { }

    /** Standard normal numbers. */
    public static Tensor normal(int salt, long... dims) {
        Philox.Stream random = new Philox.Stream(salt, 0, 7);
        double[] values = new double[(int) Shape.of(dims).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextNormal();
        }
        return Tensor.of(DType.FLOAT32, values, dims);
    }

    /** Uniform numbers in [0, 1), e.g. images. */
    public static Tensor uniform(int salt, long... dims) {
        Philox.Stream random = new Philox.Stream(salt, 0, 8);
        float[] values = new float[(int) Shape.of(dims).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextUniform();
        }
        return Tensor.of(values, dims);
    }

    /** A set in shared/data, or the test is skipped. */
    public static Split open(String name, String folder) throws IOException {
        String named = System.getenv(DataOptions.DIR_VARIABLE);
        Path dir = named == null || named.isBlank() ? null : Path.of(named);
        for (Path at = Path.of("").toAbsolutePath(); dir == null && at != null; at = at.getParent()) {
            dir = Files.isDirectory(at.resolve("shared/data")) ? at.resolve("shared/data") : null;
        }
        Assumptions.assumeTrue(dir != null && Files.isDirectory(dir.resolve(folder)),
                "skipped: no folder " + folder + "/ in LAMINA_DATA or in a shared/data above the working directory");
        return Datasets.open(name, DataOptions.in(dir));
    }

    /** Optdigits as levels 0..16 in place of pixels. */
    public static Samples levels(Dataset data) {
        float[] values = new float[data.size() * 64];
        int[] labels = new int[data.size()];
        Tensor sample = Tensor.zeros(DType.UINT8, data.sampleShape());
        for (int i = 0; i < data.size(); i++) {
            data.read(i, sample);
            long[] pixels = sample.toLongs();
            for (int j = 0; j < 64; j++) {
                values[i * 64 + j] = pixels[j] / 15f;
            }
            labels[i] = data.label(i);
        }
        return Samples.of(Tensor.of(values, data.size(), 64), labels, 10);
    }

    /** The largest difference of two tensors, over the largest magnitude of the first. */
    public static double difference(Tensor a, Tensor b) {
        float[] x = a.toFloats();
        float[] y = b.toFloats();
        double most = 0;
        double size = 0;
        for (int i = 0; i < x.length; i++) {
            most = Math.max(most, Math.abs(x[i] - y[i]));
            size = Math.max(size, Math.abs(x[i]));
        }
        return x.length == y.length ? most / Math.max(size, 1e-30) : Double.NaN;
    }
}
