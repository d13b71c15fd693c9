package dev.lamina.samples.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The drawing of a whole training step. */
class GraphLayoutTest {
    private final Graph graph = Made.subject("resnet20", Shape.of(3, 32, 32)).graph();
    private final GraphLayout layout = new GraphLayout(graph);

    @Test
    void everyNodeIsDrawnButVariablesAndConstants() {
        long expected = graph.nodes().stream().filter(n -> !(n.op() instanceof Source) || n.op() instanceof Source.Input).count();
        assertEquals(expected, layout.nodes().size());
        assertTrue(expected > 320, "nodes: " + expected);
    }

    @Test
    void forwardRunsDownAndGradientsRunUp() {
        for (Node node : layout.nodes()) {
            for (Node operand : layout.operands(node)) {
                if (!layout.isGradient(node)) {
                    assertFalse(layout.isGradient(operand), node + " reads " + operand);
                    assertTrue(layout.rank(operand) < layout.rank(node), operand + " above " + node);
                } else if (layout.isGradient(operand)) {
                    assertTrue(layout.rank(operand) > layout.rank(node), operand + " below " + node);
                }
            }
        }
    }

    @Test
    void nodesDoNotOverlapAndHalvesAreApart() {
        Map<Integer, List<Node>> rows = layout.nodes().stream().collect(Collectors.groupingBy(layout::rank, TreeMap::new,
                Collectors.toList()));
        for (List<Node> row : rows.values()) {
            List<Double> columns = row.stream().map(layout::column).sorted().toList();
            for (int i = 1; i < columns.size(); i++) {
                assertTrue(columns.get(i) - columns.get(i - 1) > 1 - 1e-9, "columns " + columns);
            }
        }
        double left = layout.nodes().stream().filter(n -> !layout.isGradient(n)).mapToDouble(layout::column).max().orElseThrow();
        double right = layout.nodes().stream().filter(layout::isGradient).mapToDouble(layout::column).min().orElseThrow();
        assertTrue(right > left + 1, left + " and " + right);
    }

    @Test
    void gradientOfAConvolutionLiesNearIt() {
        Map<String, Node> byName = layout.nodes().stream().collect(Collectors.toMap(Node::name, n -> n));
        for (String name : List.of("conv1", "layer1.2.conv1", "layer2.3.conv2", "layer3.3.conv2")) {
            int apart = layout.rank(byName.get(name)) - layout.rank(byName.get("grad/" + name + "/conv2dFilterGradient"));
            assertTrue(Math.abs(apart) <= 4, name + ": " + apart);
        }
    }
}
