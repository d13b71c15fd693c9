package dev.lamina.train;

import dev.lamina.data.InMemoryDataset;
import dev.lamina.data.Split;
import dev.lamina.nn.Layer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/** Pictures of 6 x 6 pixels with a bright bar whose place is the class, under noise. */
final class TinyData {
    static final int SIDE = 6;
    static final int CLASSES = 3;
    static final Shape SHAPE = Shape.of(1, SIDE, SIDE);

    private TinyData() { }

    static Split split(int train, int test) {
        return new Split(set(train, 1), set(test, 2));
    }

    private static InMemoryDataset set(int count, long seed) {
        Philox.Stream random = new Philox.Stream(seed, 0, 0);
        byte[] pixels = new byte[count * SIDE * SIDE];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = random.nextInt(CLASSES);
            for (int p = 0; p < SIDE * SIDE; p++) {
                int bar = p / SIDE / 2 == labels[i] ? 90 : 0;
                pixels[i * SIDE * SIDE + p] = (byte) (bar + random.nextInt(140));
            }
        }
        return new InMemoryDataset("tiny", Tensor.ofBytes(pixels, count, 1, SIDE, SIDE), Tensor.of(labels, count), List.of("a", "b", "c"));
    }

    /** Has what a checkpoint must carry besides parameters: running statistics and random masks. */
    static Model model() {
        return model(Sequential.of(Layers.flatten(), Layers.linear("fc1", 12), Layers.batchNorm1d("norm"), Layers.relu(),
                Layers.dropout(0.2), Layers.linear("fc2", CLASSES)));
    }

    static Model model(Layer layer) {
        return new Model("tiny", SHAPE, CLASSES, layer);
    }
}
