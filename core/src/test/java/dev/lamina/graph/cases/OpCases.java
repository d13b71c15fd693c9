package dev.lamina.graph.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Every op of every family as data: the list that every backend runs. */
public final class OpCases {
    private static final List<OpCase> ALL = collect();

    private OpCases() { }

    private static List<OpCase> collect() {
        CaseList list = new CaseList();
        PointwiseCases.add(list);
        ConvolutionCases.add(list);
        PoolingCases.add(list);
        DistanceTransformCases.add(list);
        MatrixCases.add(list);
        ShapingCases.add(list);
        NormalizationCases.add(list);
        StateCases.add(list);
        Set<String> names = new HashSet<>();
        list.cases().forEach(c -> {
            if (!names.add(c.name())) {
                throw new IllegalStateException("two cases are named " + c.name());
            }
        });
        return list.cases();
    }

    /** All cases. */
    public static List<OpCase> all() {
        return ALL;
    }

    /** Those whose gradients exist at the drawn operands. */
    public static List<OpCase> differentiable() {
        return ALL.stream().filter(OpCase::differentiable).toList();
    }
}
