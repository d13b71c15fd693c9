package dev.lamina.check.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.backend.CompileOptions.Poison;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import org.junit.jupiter.api.Test;

/** What users are told who ask for a fault that cannot be. */
class FaultMessagesTest {
    private static Graph graph() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 1, 2, 5, 5));
        Value w = g.variable("w", TensorType.of(DType.FLOAT32, 3, 2, 3, 3), true);
        g.name("conv1");
        Value y = Convolution.conv2d(x, w, Window.of(3), 1);
        g.name("relu1");
        Value z = Pointwise.relu(y);
        g.name("best");
        g.output("best", Reduction.argMax(z, 1));
        Value nothing = g.input("nothing", TensorType.of(DType.FLOAT32, 0, 2));
        g.name("none");
        return g.output("none", Reduction.sum(nothing, 1)).build();
    }

    private static String refused(String fault) {
        return assertThrows(GraphException.class, () -> Faults.inject(graph(), Fault.parse(fault), Poison.NONE)).getMessage();
    }

    @Test
    void textIsReadAndWritten() {
        assertEquals(new Fault("conv1", FaultKind.WRONG_STRIDE), Fault.parse("conv1:wrong-stride"));
        assertEquals(new Fault("a:b/c", FaultKind.NAN), Fault.parse("a:b/c:NaN"));
        for (FaultKind kind : FaultKind.values()) {
            assertEquals(new Fault("n", kind), Fault.parse(new Fault("n", kind).toString()));
        }
    }

    @Test
    void badTextSaysWhatIsNeeded() {
        assertEquals("fault \"conv1\": needs NODE:KIND, e.g. conv1:wrong-stride.", refused("conv1"));
        assertEquals("fault \":nan\": needs NODE:KIND, e.g. conv1:wrong-stride.", refused(":nan"));
        assertEquals("fault \"wrong-strid\" is unknown; known are nan, infinity, wrong-element, unwritten-tail, zero, stale, "
                + "not-repeatable, narrow, truncated-sum, wrong-divisor, shifted, transposed, negated, doubled, swapped, wrong-axis, "
                + "missing-bias, wrong-stride, wrong-padding, wrong-ties, lost-addend, wrong-stream, wrong-step, dropped-update.",
                refused("conv1:wrong-strid"));
    }

    @Test
    void unknownNodeListsNearNames() {
        assertEquals("fault \"conv2:nan\": the graph has no node \"conv2\". Near names: conv1, none, relu1, best.", refused("conv2:nan"));
    }

    @Test
    void kindThatDoesNotFitListsThoseThatDo() {
        assertEquals("conv1 (conv2d): fault \"missing-bias\" needs a bias operand. Kinds that fit: nan, infinity, wrong-element, "
                + "unwritten-tail, zero, stale, not-repeatable, narrow, truncated-sum, shifted, transposed, negated, doubled, "
                + "wrong-stride, wrong-padding.", refused("conv1:missing-bias"));
        assertEquals("best (argMax): fault \"nan\" needs a floating-point result that something reads, with at least one element. "
                + "Kinds that fit: wrong-element, zero, stale, shifted, transposed, wrong-ties.", refused("best:nan"));
    }

    @Test
    void placesWithoutFaultSaySo() {
        assertEquals("x (input): fault \"nan\" needs a node that computes something. Choose one that reads \"x\".", refused("x:nan"));
        assertEquals("none (reduceSum): fault \"zero\" needs a result that something reads, with at least one element. No kind fits.",
                refused("none:zero"));
    }
}
