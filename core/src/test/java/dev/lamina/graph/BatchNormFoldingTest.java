package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When normalisation goes into the weights before it. */
class BatchNormFoldingTest {
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.input("x", TensorType.of(DType.FLOAT32, 2, 3, 7, 7));
    private final Value w = g.variable("w", TensorType.of(DType.FLOAT32, 4, 3, 3, 3), true);
    private final Value[] numbers = {number("gamma"), number("beta"), number("mean"), number("variance")};

    private Value number(String name) {
        return g.variable(name, TensorType.of(DType.FLOAT32, 4), false);
    }

    private Value norm(Value product) {
        return Normalization.batchNormInference(product, numbers[0], numbers[1], numbers[2], numbers[3], 1e-5);
    }

    private static boolean normalises(Graph graph) {
        return graph.nodes().stream().anyMatch(n -> n.op() instanceof Normalization);
    }

    @Test
    void convolutionTakesTheName() {
        Value product = Convolution.conv2d(x, w, Window.of(3), 1);
        g.name("bn");
        Value y = norm(product);
        Rewritten folded = Passes.foldBatchNorm(g.output("y", y).build());
        Node node = folded.graph().output("y").node();
        assertEquals("conv2d \"bn\"", node.toString());
        assertEquals(product.node().op(), node.op());
        assertEquals(List.of("x", "bn/folded/multiply", "bn/folded/subtract"), node.inputs().stream().map(Value::name).toList());
        assertEquals(Optional.empty(), folded.of(product));
        assertEquals(node.output(0), folded.of(y).orElseThrow());
    }

    @Test
    void matrixProductTakesIt() {
        Value rows = g.input("rows", TensorType.of(DType.FLOAT32, 9, 7));
        for (boolean transposed : new boolean[] {false, true}) {
            Value weight = g.variable("w" + transposed, TensorType.of(DType.FLOAT32, transposed ? 4 : 7, transposed ? 7 : 4), true);
            g.output("y" + transposed, norm(MatMul.matmul(rows, weight, false, transposed)));
        }
        assertTrue(!normalises(Passes.foldBatchNorm(g.build()).graph()));
    }

    @Test
    void productThatIsReadElsewhereStays() {
        Value read = Convolution.conv2d(x, w, Window.of(3), 1);
        Value output = Convolution.conv2d(x, w, Window.of(3), 1);
        g.output("y", norm(read).plus(read)).output("z", norm(output)).output("product", output);
        Graph graph = g.build();
        assertEquals(graph.toString(), Passes.foldBatchNorm(graph).graph().toString());
    }

    @Test
    void weightsLargerThanTheResultStay() {
        Value rows = g.input("rows", TensorType.of(DType.FLOAT32, 6, 7));
        Value weight = g.variable("fc", TensorType.of(DType.FLOAT32, 4, 7), true);
        assertTrue(normalises(Passes.foldBatchNorm(g.output("y", norm(MatMul.matmul(rows, weight, false, true))).build()).graph()));
    }

    @Test
    void statisticsThatAreComputedStay() {
        numbers[2] = numbers[2].plus(1);
        assertTrue(normalises(Passes.foldBatchNorm(g.output("y", norm(Convolution.conv2d(x, w, Window.of(3), 1))).build()).graph()));
    }

    @Test
    void frozenNormalisationFoldsBeforeTheUpdateOfTheWeights() {
        Value y = norm(Convolution.conv2d(x, w, Window.of(3), 1));
        Value loss = Reduction.sum(Pointwise.square(y));
        Update.assign(w, Gradients.of(loss, List.of(w)).getFirst());
        Update.assign(numbers[0], numbers[1]);
        Graph folded = Passes.foldBatchNorm(g.output("loss", loss).build()).graph();
        assertTrue(!normalises(folded));
        assertEquals(2, folded.nodes().stream().filter(n -> n.op() instanceof Update).count());
    }
}
