package dev.lamina.io.onnx.ops;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** All operators that Lamina takes, by name. */
final class Operators {
    private static final Map<String, Operator> ALL = all();

    private Operators() { }

    private static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.putAll(ActivationOperators.ALL);
        all.putAll(ArithmeticOperators.ALL);
        all.putAll(ConvolutionOperators.ALL);
        all.putAll(IndexingOperators.ALL);
        all.putAll(LossOperators.ALL);
        all.putAll(MatrixOperators.ALL);
        all.putAll(NormalizationOperators.ALL);
        all.putAll(OptimizerOperators.ALL);
        all.putAll(OrderOperators.ALL);
        all.putAll(PaddingOperators.ALL);
        all.putAll(PartOperators.ALL);
        all.putAll(PoolingOperators.ALL);
        all.putAll(ReductionOperators.ALL);
        all.putAll(ResizeOperators.ALL);
        all.putAll(ScatterOperators.ALL);
        all.putAll(SelectionOperators.ALL);
        all.putAll(ShapeOperators.ALL);
        all.putAll(SoftmaxOperators.ALL);
        all.putAll(SourceOperators.ALL);
        all.putAll(TrainingOperators.ALL);
        return Map.copyOf(all);
    }

    /**
     * The operator of a name.
     *
     * @param domain its set; empty for ONNX's own
     */
    static Optional<Operator> find(String domain, String type) {
        return Optional.ofNullable(ALL.get(domain.isEmpty() ? type : domain + ":" + type));
    }

    /** Names of all operators, those of other sets as {@code domain:name}. */
    static Set<String> names() {
        return new TreeSet<>(ALL.keySet());
    }
}
