package dev.lamina.features.words;

import dev.lamina.backend.Backend;
import dev.lamina.features.FitListener;
import dev.lamina.features.Pass;
import dev.lamina.features.Restored;
import dev.lamina.features.Samples;
import dev.lamina.features.linear.Matrices;
import dev.lamina.features.linear.Moments;
import dev.lamina.features.linear.Scatter;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;

/**
 * A codebook and the whitening before it.
 *
 * @param mean float32 {@code [d]} of the descriptors; null without whitening
 * @param whitening float32 {@code [d, d]}, symmetric: {@code V diag(1/sqrt(λ + 0.1)) Vᵀ} (ZCA); null without whitening
 * @param words float32 {@code [k, d]}, or {@code [k, d + 2]} with places
 * @param inertia how the sum of squared distances fell during clustering; empty after loading
 */
public record Codebook(Tensor mean, Tensor whitening, Tensor words, List<Double> inertia) {
    private static final double EPSILON = 0.1;
    private static final int SAMPLE_STREAM = 0x424f5773;
    private static final int IMAGES = 64;

    /** Samples descriptors, whitens them and clusters. */
    static Codebook learn(BagOfWords options, Backend backend, Samples samples, FitListener listener) {
        Descriptor.Grid grid = options.descriptor().grid(samples.sampleShape());
        int size = options.descriptor().size(samples.sampleShape());
        BitSet chosen = choose((long) samples.size() * grid.patches(), options);
        Tensor points = descriptors(options.descriptor(), backend, samples, chosen, listener);
        Tensor mean = null;
        Tensor whitening = null;
        if (options.descriptor().whiten()) {
            Samples plain = Samples.of(points);
            Moments moments = Moments.of(backend, plain, listener);
            mean = Tensor.of(DType.FLOAT32, moments.mean(), size);
            whitening = zca(Scatter.around(backend, plain, moments.mean(), listener), points.shape().dim(0));
            points = whitened(backend, plain, mean, whitening, listener);
        }
        KMeans.Result found = options.codebook().fit(backend, withPlaces(points, grid, chosen), listener);
        return new Codebook(mean, whitening, found.centres(), found.inertia());
    }

    /** So many of all patches, each as likely as any other. */
    private static BitSet choose(long all, BagOfWords options) {
        if (all > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("bagOfWords: the images have " + all + " patches, at most 2147483647 are possible. "
                    + "Fit on fewer images, or with a larger stride.");
        }
        BitSet chosen = new BitSet((int) all);
        if (all <= options.sample()) {
            chosen.set(0, (int) all);
            return chosen;
        }
        // Floyd's algorithm: every subset is equally likely, whatever its share of all.
        Philox.Stream random = new Philox.Stream(options.codebook().seed(), 0, SAMPLE_STREAM);
        for (int j = (int) all - options.sample(); j < all; j++) {
            int t = random.nextInt(j + 1);
            chosen.set(chosen.get(t) ? j : t);
        }
        return chosen;
    }

    private static Tensor descriptors(Descriptor descriptor, Backend backend, Samples samples, BitSet chosen, FitListener listener) {
        int patches = descriptor.grid(samples.sampleShape()).patches();
        int size = descriptor.size(samples.sampleShape());
        float[] rows = new float[Math.multiplyExact(chosen.cardinality(), size)];
        int[] filled = {0};
        new Pass(backend, samples, "descriptors", listener).batch(IMAGES).run((graph, x) -> {
            Value maps = Shaping.reshape(DescriptorMaps.of(descriptor, x), Shape.of(graph.batch(), size, patches));
            graph.output("rows", Shaping.transpose(maps, 0, 2, 1));
        }, (first, done) -> {
            float[] part = done.read("rows").toFloats();
            int start = first * patches;
            int end = start + part.length / size;
            for (int i = chosen.nextSetBit(start); i >= 0 && i < end; i = chosen.nextSetBit(i + 1)) {
                System.arraycopy(part, (i - start) * size, rows, filled[0], size);
                filled[0] += size;
            }
        });
        return Tensor.of(rows, rows.length / size, size);
    }

    private static Tensor zca(DMatrixRMaj scatter, long n) {
        for (int i = 0; i < scatter.data.length; i++) {
            scatter.data[i] /= n;
        }
        Matrices.Eigen eigen = Matrices.symmetric(scatter);
        int size = scatter.numRows;
        DMatrixRMaj result = new DMatrixRMaj(size, size);
        for (int k = 0; k < size; k++) {
            double factor = 1 / Math.sqrt(Math.max(0, eigen.values()[k]) + EPSILON);
            double[] v = eigen.vectors()[k];
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    result.data[i * size + j] += factor * v[i] * v[j];
                }
            }
        }
        return Matrices.tensor(result);
    }

    private static Tensor whitened(Backend backend, Samples points, Tensor mean, Tensor whitening, FitListener listener) {
        Tensor result = Tensor.zeros(DType.FLOAT32, Shape.of(points.size(), mean.elements()));
        new Pass(backend, points, "whitening", listener).run((graph, x) -> graph.output("rows",
                MatMul.matmul(x.minus(graph.weight("mean", mean)), graph.weight("whitening", whitening))), (first, done) ->
                done.read("rows", result.slice(0, first, first + done.graph().output("rows").shape().dim(0))));
        return result;
    }

    private static Tensor withPlaces(Tensor points, Descriptor.Grid grid, BitSet chosen) {
        double weight = grid.descriptor().appendXY();
        if (weight == 0) {
            return points;
        }
        int size = (int) points.shape().dim(1);
        float[] from = points.toFloats();
        float[] to = new float[from.length / size * (size + 2)];
        int row = 0;
        for (int i = chosen.nextSetBit(0); i >= 0; i = chosen.nextSetBit(i + 1), row++) {
            System.arraycopy(from, row * size, to, row * (size + 2), size);
            to[row * (size + 2) + size] = (float) (weight * grid.x(i % grid.patches()));
            to[row * (size + 2) + size + 1] = (float) (weight * grid.y(i % grid.patches()));
        }
        return Tensor.of(to, row, size + 2);
    }

    Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        if (mean != null) {
            tensors.put("mean", mean);
            tensors.put("whitening", whitening);
        }
        tensors.put("words", words);
        return tensors;
    }

    static Codebook restore(BagOfWords options, Shape sampleShape, Map<String, Tensor> tensors) {
        int size = options.descriptor().size(sampleShape);
        boolean whiten = options.descriptor().whiten();
        int width = size + (options.descriptor().appendXY() > 0 ? 2 : 0);
        return new Codebook(whiten ? Restored.tensor(tensors, options.kind(), "mean", DType.FLOAT32, size) : null,
                whiten ? Restored.tensor(tensors, options.kind(), "whitening", DType.FLOAT32, size, size) : null,
                Restored.tensor(tensors, options.kind(), "words", DType.FLOAT32, options.codebook().k(), width), List.of());
    }
}
