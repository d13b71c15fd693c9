package dev.lamina.samples.check;

import dev.lamina.data.Dataset;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Samples of evenly drawn pixels and classes: they fit every model and mean nothing. Immutable and thread-safe.
 *
 * @param sampleShape {@code [C, H, W]}
 * @param classes number of classes
 * @param seed of all samples
 */
record DrawnDataset(Shape sampleShape, int classes, long seed) implements Dataset {
    private static final int SAMPLES = 1 << 16;

    @Override
    public String name() {
        return "drawn numbers";
    }

    @Override
    public int size() {
        return SAMPLES;
    }

    @Override
    public List<String> classNames() {
        return IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }

    @Override
    public int label(int index) {
        return new Philox.Stream(seed, index, 1).nextInt(classes);
    }

    @Override
    public void read(int index, Tensor into) {
        Philox.Stream random = new Philox.Stream(seed, index, 0);
        for (long c = 0; c < sampleShape.dim(0); c++) {
            for (long y = 0; y < sampleShape.dim(1); y++) {
                for (long x = 0; x < sampleShape.dim(2); x++) {
                    into.set(random.nextInt(256), c, y, x);
                }
            }
        }
    }
}
