package dev.lamina.data;

import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Sample {@code i} has the pixels {@code i, i + 1} and the label {@code i mod 10}. */
class CountingDataset implements Dataset {
    final int size;
    final AtomicInteger reads = new AtomicInteger();

    CountingDataset(int size) {
        this.size = size;
    }

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Shape sampleShape() {
        return Shape.of(1, 1, 2);
    }

    @Override
    public List<String> classNames() {
        return Digits.CLASS_NAMES;
    }

    @Override
    public void read(int index, Tensor into) {
        reads.incrementAndGet();
        into.set(index, 0, 0, 0);
        into.set(index + 1, 0, 0, 1);
    }

    @Override
    public int label(int index) {
        return index % 10;
    }
}
