package dev.lamina.graph.cases;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Attributes, extents and neighbours of ops in combination, for backends to be compared with the reference: covering sets of attribute
 * grids, chains of layers, and ops on values that a backend may keep in a layout of its own. Larger than {@link OpCases} and not meant for
 * differences: {@code differentiable} here says that gradients are computed and compared.
 */
public final class GridCases {
    private static final List<OpCase> ALL = collect();

    private GridCases() { }

    private static List<OpCase> collect() {
        CaseList list = new CaseList();
        ConvolutionGrid.add(list);
        ChainGrid.add(list);
        PoolingGrid.add(list);
        MatrixGrid.add(list);
        NormalizationGrid.add(list);
        FoldingGrid.add(list);
        BroadcastGrid.add(list);
        LayoutGrid.add(list);
        SharingGrid.add(list);
        UpdateGrid.add(list);
        DropoutGrid.add(list);
        SpecialGrid.add(list);
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
}
