package dev.lamina.features.words;

import dev.lamina.features.FeatureGraph;
import dev.lamina.features.Featurizer;
import dev.lamina.features.Fitted;
import dev.lamina.features.linear.Matrices;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * Histograms of visual words in the cells of a pyramid; a bag of words is the pyramid of level 0.
 *
 * @param featurizer options as they were given
 * @param words those of descriptor and codebook
 * @param levels finest level of the pyramid
 * @param norm what is done to the joined vector
 * @param sampleShape shape of one image
 * @param codebook words and whitening
 */
public record FittedWords(Featurizer featurizer, BagOfWords words, int levels, SpatialPyramid.Norm norm, Shape sampleShape,
        Codebook codebook) implements Fitted {
    private static final double TINY = 1e-12;

    @Override
    public long outputSize() {
        return (long) words.codebook().k() * SpatialPyramid.cells(levels);
    }

    @Override
    public Map<String, Tensor> tensors() {
        return codebook.tensors();
    }

    @Override
    public int batchSize() {
        return 64;
    }

    @Override
    public Value apply(FeatureGraph graph, Value x) {
        Descriptor.Grid grid = words.descriptor().grid(sampleShape);
        int n = graph.batch();
        int k = words.codebook().k();
        int cells = SpatialPyramid.cells(levels);
        Value shares = shares(graph, DescriptorMaps.of(words.descriptor(), x), grid);
        Value byWord = Shaping.reshape(shares, Shape.of((long) n * k, grid.patches()));
        Value pooled = MatMul.matmul(byWord, Source.constant(graph.builder(), cellWeights(grid)));
        Value byCell = Shaping.transpose(Shaping.reshape(pooled, Shape.of(n, k, cells)), 0, 2, 1);
        return normalized(Shaping.reshape(byCell, Shape.of(n, (long) cells * k)));
    }

    /** How much of each patch belongs to each word: {@code [N, k, rows, columns]}, sums of 1 over the words. */
    private Value shares(FeatureGraph graph, Value maps, Descriptor.Grid grid) {
        Value scores = scores(graph, maps, grid);
        if (words.softness() > 0) {
            return Softmax.softmax(scores.times(2 * words.softness()), 1);
        }
        int k = words.codebook().k();
        float[] numbers = new float[k];
        for (int i = 0; i < k; i++) {
            numbers[i] = i;
        }
        Value nearest = Shaping.reshape(Reduction.argMax(scores, 1), scores.shape().with(1, 1));
        Value number = Source.constant(graph.builder(), Tensor.of(numbers, 1, k, 1, 1));
        return Pointwise.cast(Pointwise.compare(Pointwise.Comparison.EQUAL, Pointwise.cast(nearest, DType.FLOAT32), number),
                DType.FLOAT32);
    }

    /**
     * {@code c·w - |c|²/2} for the whitened descriptor {@code w = Z(d - m)}, which is largest for the nearest word. As it is linear in d,
     * whitening is folded into the words: {@code (Zc)·d - (Zc)·m - |c|²/2}.
     */
    private Value scores(FeatureGraph graph, Value maps, Descriptor.Grid grid) {
        int k = words.codebook().k();
        int size = (int) maps.shape().dim(1);
        int width = (int) codebook.words().shape().dim(1);
        float[] c = codebook.words().toFloats();
        double[] filters = new double[k * size];
        double[] offsets = new double[k];
        for (int word = 0; word < k; word++) {
            for (int j = 0; j < width; j++) {
                double value = c[word * width + j];
                offsets[word] -= value * value / 2;
                if (j < size) {
                    filters[word * size + j] = value;
                }
            }
        }
        if (codebook.mean() != null) {
            fold(filters, offsets, size);
        }
        Value scores = Convolution.conv2d(maps, graph.weight("words", Tensor.of(DType.FLOAT32, filters, k, size, 1, 1)),
                graph.weight("offsets", Tensor.of(DType.FLOAT32, offsets, k)), Window.of(1), 1);
        return width == size ? scores : scores.plus(graph.weight("places", places(grid, c, size)));
    }

    private void fold(double[] filters, double[] offsets, int size) {
        float[] z = codebook.whitening().toFloats();
        float[] mean = codebook.mean().toFloats();
        double[] row = new double[size];
        for (int word = 0; word < offsets.length; word++) {
            System.arraycopy(filters, word * size, row, 0, size);
            for (int i = 0; i < size; i++) {
                double sum = 0;
                for (int j = 0; j < size; j++) {
                    sum += z[i * size + j] * row[j];
                }
                filters[word * size + i] = sum;
                offsets[word] -= sum * mean[i];
            }
        }
    }

    /** What the places of patches add to the scores: {@code [1, k, rows, columns]}. */
    private Tensor places(Descriptor.Grid grid, float[] c, int size) {
        int k = words.codebook().k();
        double weight = words.descriptor().appendXY();
        double[] values = new double[k * grid.patches()];
        for (int word = 0; word < k; word++) {
            for (int p = 0; p < grid.patches(); p++) {
                values[word * grid.patches() + p] = weight
                        * (c[word * (size + 2) + size] * grid.x(p) + c[word * (size + 2) + size + 1] * grid.y(p));
            }
        }
        return Tensor.of(DType.FLOAT32, values, 1, k, grid.rows(), grid.columns());
    }

    /** {@code [patches, cells]}: the level's weight over the number of patches where the patch's centre lies in the cell. */
    private Tensor cellWeights(Descriptor.Grid grid) {
        Tensor weights = Tensor.zeros(DType.FLOAT32, Shape.of(grid.patches(), SpatialPyramid.cells(levels)));
        for (int p = 0; p < grid.patches(); p++) {
            int start = 0;
            for (int level = 0; level <= levels; level++) {
                int side = 1 << level;
                int cell = (int) (grid.y(p) * side) * side + (int) (grid.x(p) * side);
                weights.set(SpatialPyramid.weight(level, levels) / grid.patches(), p, start + cell);
                start += side * side;
            }
        }
        return weights;
    }

    /** What one word looks like: {@code [C, P, P]} of raw patches, {@code [1, cells, directions]} of gradients. */
    public Shape patchShape() {
        Descriptor descriptor = words.descriptor();
        int cells = descriptor.kind().cells();
        return descriptor.kind() == Descriptor.Kind.RAW ? Shape.of(sampleShape.dim(0), descriptor.patch(), descriptor.patch())
                : Shape.of(1, Descriptor.ORIENTATIONS, (long) cells * cells);
    }

    /** The words as descriptors, whitening undone and places left out: float32 {@code [k, d]}. */
    public Tensor unwhitened() {
        Tensor plain = codebook.words().slice(1, 0, patchShape().elements()).contiguous();
        return codebook.mean() == null ? plain : Matrices.unwhiten(plain, codebook.whitening(), codebook.mean());
    }

    private Value normalized(Value vectors) {
        return switch (norm) {
            case NONE -> vectors;
            case L1 -> vectors.dividedBy(Reduction.sumKeepDims(Pointwise.abs(vectors), 1).plus(TINY));
            case L2 -> vectors.dividedBy(Pointwise.sqrt(Reduction.sumKeepDims(Pointwise.square(vectors), 1).plus(TINY)));
            case SIGNED_ROOT -> Pointwise.sqrt(Pointwise.abs(vectors)).times(Pointwise.unary(Pointwise.UnaryFunction.SIGN, vectors));
        };
    }
}
