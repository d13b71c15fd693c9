package dev.lamina.features.linear;

import dev.lamina.backend.Backend;
import dev.lamina.features.FeatureGraph;
import dev.lamina.features.FitListener;
import dev.lamina.features.Pass;
import dev.lamina.features.Samples;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.function.BiFunction;
import org.ejml.data.DMatrixRMaj;

/**
 * Sums of outer products {@code Σ (x - c)(x - c)ᵀ}: a matrix product a batch on the backend, added up in float64.
 */
public final class Scatter {
    private Scatter() { }

    /** Around one centre; float64 {@code [D, D]}. */
    public static DMatrixRMaj around(Backend backend, Samples samples, double[] centre, FitListener listener) {
        Tensor c = Tensor.of(DType.FLOAT32, centre, centre.length);
        return sum(backend, samples, listener, (graph, flat) -> flat.minus(graph.weight("centre", c)));
    }

    /** Around the mean of each sample's class. */
    static DMatrixRMaj withinClasses(Backend backend, Samples samples, double[][] means, FitListener listener) {
        int size = means[0].length;
        Tensor table = Tensor.zeros(DType.FLOAT32, dev.lamina.tensor.Shape.of(means.length, size));
        for (int k = 0; k < means.length; k++) {
            table.select(0, k).copyFrom(Tensor.of(DType.FLOAT32, means[k], size));
        }
        Tensor labels = labels(samples);
        return sum(backend, samples, listener, (graph, flat) ->
                flat.minus(Shaping.gather(graph.weight("means", table), graph.rows("labels", labels), 0)));
    }

    static Tensor labels(Samples samples) {
        int[] labels = new int[samples.size()];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = samples.label(i);
        }
        return Tensor.of(labels, labels.length);
    }

    private static DMatrixRMaj sum(Backend backend, Samples samples, FitListener listener, BiFunction<FeatureGraph, Value, Value> centred) {
        int size = Math.toIntExact(samples.sampleShape().elements());
        DMatrixRMaj total = new DMatrixRMaj(size, size);
        new Pass(backend, samples, "scatter", listener).run((graph, x) -> {
            Value rows = centred.apply(graph, Shaping.flatten(x));
            graph.output("scatter", MatMul.matmul(rows, rows, true, false));
        }, (_, done) -> {
            float[] part = done.read("scatter").toFloats();
            for (int i = 0; i < part.length; i++) {
                total.data[i] += part[i];
            }
        });
        return total;
    }
}
