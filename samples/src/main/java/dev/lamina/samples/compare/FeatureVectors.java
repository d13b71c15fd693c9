package dev.lamina.samples.compare;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.data.Split;
import dev.lamina.data.Vectors;
import dev.lamina.features.FitListener;
import dev.lamina.features.Fitted;
import dev.lamina.features.Samples;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Vectors of training and test samples in memory of their own, changed in place because pyramids of large sets take a gigabyte.
 *
 * @param train to learn from
 * @param test to judge by
 */
public record FeatureVectors(Vectors train, Vectors test) {
    /** What a featuriser makes of a split. */
    public static FeatureVectors of(Backend backend, Fitted fitted, Split split) {
        return of(backend, fitted, split, FitListener.NONE);
    }

    /** What a featuriser makes of a split; the listener hears how far it is. */
    public static FeatureVectors of(Backend backend, Fitted fitted, Split split, FitListener listener) {
        return new FeatureVectors(vectors(backend, fitted, split.train(), listener), vectors(backend, fitted, split.test(), listener));
    }

    private static Vectors vectors(Backend backend, Fitted fitted, Dataset data, FitListener listener) {
        Tensor labels = Tensor.zeros(DType.INT32, Shape.of(data.size()));
        for (int i = 0; i < data.size(); i++) {
            labels.setLong(data.label(i), i);
        }
        Tensor features = fitted.transform(backend, Samples.of(data), listener);
        return new Vectors(data.name(), features, labels, data.classNames().size());
    }

    /** Takes the mean training vector away from all. Returns this. */
    public FeatureVectors centred() {
        double[] mean = train.mean();
        change(train, mean, 1);
        change(test, mean, 1);
        return this;
    }

    /** Multiplies all numbers. Returns this. */
    public FeatureVectors scaled(double by) {
        double[] nothing = new double[train.width()];
        change(train, nothing, by);
        change(test, nothing, by);
        return this;
    }

    /** Mean squared length of a training vector. */
    public double meanSquare() {
        MemorySegment memory = train.features().memory();
        long count = (long) train.size() * train.width();
        double sum = 0;
        for (long i = 0; i < count; i++) {
            double value = memory.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            sum += value * value;
        }
        return sum / train.size();
    }

    private static void change(Vectors vectors, double[] offset, double factor) {
        MemorySegment memory = vectors.features().memory();
        for (int i = 0; i < vectors.size(); i++) {
            for (int k = 0; k < offset.length; k++) {
                long at = (long) i * offset.length + k;
                double value = memory.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                memory.setAtIndex(ValueLayout.JAVA_FLOAT, at, (float) ((value - offset[k]) * factor));
            }
        }
    }
}
