package dev.lamina.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every pass has its switch. */
class GraphPassesTest {
    private static final List<Pass> ON_GRAPHS = List.of(
            Pass.SIMPLIFICATION, Pass.FUSION, Pass.CONSTANT_FOLDING, Pass.COMMON_SUBEXPRESSIONS);

    /** A product with 1, a foldable root, two equal exponentials and a normalised matrix product. */
    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 4, 3));
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 3, 2), true);
        Value c = g.variable("c", TensorType.of(DType.FLOAT32, 2), true);
        Value root = Pointwise.sqrt(Source.scalarLike(x, 4));
        Value sum = Pointwise.exp(x.times(1)).plus(Pointwise.exp(x.times(1))).times(root);
        g.output("y", Normalization.batchNormInference(MatMul.matmul(sum, w), c, c, c, c, 1e-5));
        return g.build();
    }

    private static Map<String, Tensor> two(Graph graph) {
        assertEquals(1, graph.outputs().size());
        return Map.of("0", Tensor.scalar(DType.FLOAT32, 2));
    }

    private static long count(Graph graph, String op) {
        return graph.nodes().stream().filter(n -> n.op().name().equals(op)).count();
    }

    private static CompileOptions only(List<Pass> passes) {
        CompileOptions options = CompileOptions.defaults();
        for (Pass pass : ON_GRAPHS) {
            options = passes.contains(pass) ? options : options.without(pass);
        }
        return options;
    }

    /** How often ops occur after passes. */
    private static List<Long> counts(Pass... passes) {
        Graph result = GraphPasses.apply(graph(), only(List.of(passes)), GraphPassesTest::two).graph();
        return List.of(count(result, "multiply"), count(result, "batchNormInference"), count(result, "sqrt"), count(result, "exp"));
    }

    @Test
    void eachPassRunsAlone() {
        assertEquals(List.of(3L, 1L, 1L, 2L), counts());
        assertEquals(List.of(1L, 1L, 1L, 2L), counts(Pass.SIMPLIFICATION));
        assertEquals(List.of(2L, 1L, 1L, 1L), counts(Pass.COMMON_SUBEXPRESSIONS));
        assertEquals(List.of(3L, 1L, 0L, 2L), counts(Pass.CONSTANT_FOLDING));
        // The scale of the weights needs a root and two products.
        assertEquals(List.of(5L, 0L, 2L, 2L), counts(Pass.FUSION));
    }

    @Test
    void allRunTogether() {
        assertEquals(List.of(3L, 0L, 1L, 1L), counts(ON_GRAPHS.toArray(Pass[]::new)));
    }

    @Test
    void noneRunsWhereEveryValueIsKept() {
        Graph graph = graph();
        assertSame(graph, GraphPasses.apply(graph, CompileOptions.defaults().keepingAll(), GraphPassesTest::two).graph());
    }

    @Test
    void withoutPassesTheGraphStays() {
        Graph graph = graph();
        assertSame(graph, GraphPasses.apply(graph, only(List.of()), GraphPassesTest::two).graph());
    }
}
