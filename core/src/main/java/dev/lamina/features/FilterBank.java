package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * 24 fixed filters on the grey image, human priors of what matters: 16 edges, 4 Laplacian blobs, 4 Gaussians ({@link FilterShapes}). The
 * responses (absolute, but plain for Gaussians; zero padding) are pooled to mean and deviation in a 4 x 4 grid of cells, and standardised
 * by the training samples: {@code 24 * 16 * 2 = 768} numbers, ordered by filter, then mean and deviation, then cell, row by row.
 */
public record FilterBank() implements Featurizer {
    private static final int GRID = 4;

    @Override
    public String kind() {
        return "filterbank";
    }

    @Override
    public Map<String, String> options() {
        return Map.of();
    }

    @Override
    public Fitted fit(Backend backend, Samples samples, FitListener listener) {
        FittedBank plain = new FittedBank(this, shape(samples.sampleShape()), null);
        Tensor responses = plain.transform(backend, samples, listener);
        return new FittedBank(this, samples.sampleShape(), new Standardize().fit(backend, Samples.of(responses), listener));
    }

    @Override
    public Fitted restore(Shape sampleShape, Map<String, Tensor> tensors) {
        return new FittedBank(this, shape(sampleShape), new Standardize().restore(Shape.of(FittedBank.SIZE), tensors));
    }

    private Shape shape(Shape sample) {
        Images.require(kind(), sample);
        if (sample.dim(1) < GRID || sample.dim(2) < GRID) {
            throw new IllegalArgumentException("filterbank: image " + sample.dim(1) + "x" + sample.dim(2)
                    + " is smaller than the grid of 4x4 cells.");
        }
        return sample;
    }

    /** With the scaling left out while that is being learned. */
    private record FittedBank(FilterBank featurizer, Shape sampleShape, Fitted scale) implements Fitted {
        private static final int SIZE = FilterShapes.COUNT * GRID * GRID * 2;

        @Override
        public long outputSize() {
            return SIZE;
        }

        @Override
        public Map<String, Tensor> tensors() {
            return scale.tensors();
        }

        @Override
        public int batchSize() {
            return 64;
        }

        @Override
        public Value apply(FeatureGraph graph, Value x) {
            Value grey = Images.grey(x);
            Map<Integer, List<FilterShapes.Filter>> bySide = new LinkedHashMap<>();
            FilterShapes.all().forEach(f -> bySide.computeIfAbsent(f.side(), _ -> new ArrayList<>()).add(f));
            Value[] inOrder = new Value[FilterShapes.COUNT];
            bySide.forEach((side, filters) -> {
                Value maps = Convolution.conv2d(grey, Source.constant(graph.builder(), weights(side, filters)),
                        Window.of(side).padding(side / 2), 1);
                for (int i = 0; i < filters.size(); i++) {
                    Value map = Shaping.slice(maps, 1, i, i + 1);
                    inOrder[filters.get(i).index()] = filters.get(i).signed() ? Pointwise.abs(map) : map;
                }
            });
            Value responses = Shaping.concat(1, inOrder);
            Value mean = Pooling.adaptiveAvgPool(responses, GRID, GRID);
            Value deviation = deviation(responses);
            Shape cells = Shape.of(graph.batch(), FilterShapes.COUNT, 1, GRID * GRID);
            Value both = Shaping.concat(2, Shaping.reshape(mean, cells), Shaping.reshape(deviation, cells));
            Value flat = Shaping.reshape(both, Shape.of(graph.batch(), SIZE));
            return scale == null ? flat : scale.apply(graph, flat);
        }

        /** {@code sqrt(E[d²] - E[d]²)} by cell of {@code d = response - its mean over the image}, so that little is lost by rounding. */
        private static Value deviation(Value responses) {
            Value centred = responses.minus(Reduction.reduce(Reduction.Fold.MEAN, responses, true, 2, 3));
            Value mean = Pooling.adaptiveAvgPool(centred, GRID, GRID);
            Value squares = Pooling.adaptiveAvgPool(Pointwise.square(centred), GRID, GRID);
            return Pointwise.sqrt(Pointwise.relu(squares.minus(Pointwise.square(mean))));
        }

        private static Tensor weights(int side, List<FilterShapes.Filter> filters) {
            Tensor weights = Tensor.zeros(DType.FLOAT32, Shape.of(filters.size(), 1, side, side));
            for (int i = 0; i < filters.size(); i++) {
                weights.select(0, i).copyFrom(Tensor.of(DType.FLOAT32, filters.get(i).values(), 1, side, side));
            }
            return weights;
        }
    }
}
