package dev.lamina.samples;

import static dev.lamina.junit.LaminaAssertions.assertAgrees;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.check.CheckReport;
import dev.lamina.check.fault.Fault;
import dev.lamina.check.Side;
import dev.lamina.check.Subject;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.junit.BackendTest;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;

/** The JUnit extension as the README shows it. */
class SoftmaxTest {
    private final Map<String, Tensor> inputs = Map.of("x", Tensor.of(new float[] {1, 2, 3, 0, 0, 1e4f}, 2, 3));

    private static Graph softmax() {
        GraphBuilder graph = new GraphBuilder();
        Value x = graph.input("x", TensorType.of(DType.FLOAT32, 2, 3));
        return graph.output("y", Softmax.softmax(x, 1)).build();
    }

    @BackendTest
    void rowsSumToOne(Backend backend) {
        try (State state = backend.createState(List.of());
                Executable softmax = backend.compile(softmax(), CompileOptions.defaults())) {
            Tensor y = softmax.call(state, inputs).get("y");
            assertEquals(1, y.get(0, 0) + y.get(0, 1) + y.get(0, 2), 1e-6);
            assertEquals(1, y.get(1, 2), 0);
        }
    }

    @Test
    void allBackendsAgreeWithTheReference() {
        CheckReport report = assertAgrees(softmax(), inputs);
        assertTrue(report.sides().size() > 1);
    }

    @BackendTest
    void eachBackendAgreesWithTheReference(Backend backend) {
        CheckReport report = assertAgrees(backend, softmax(), Map.of(), inputs);
        assertEquals(1, report.sides().getFirst().nodes().size());
    }

    @BackendTest
    void messageNamesEverythingThatIsNeededToFindTheFault(Backend backend) {
        Side side = Side.of(backend).with(Fault.parse("softmax:negated"));
        String message = assertThrows(AssertionFailedError.class,
                () -> assertAgrees(Subject.of("softmax", softmax(), Map.of(), inputs), List.of(side), 1)).getMessage();
        assertTrue(message.contains("softmax does not agree with the reference. " + backend.name()
                + ": softmax \"softmax\" is the first that fails: element [1, 2] is -1.00000000, expected 1.00000000 of the same operands; "
                + "relative error 2.0e+00, tolerance "), message);
    }

    @Test
    void sidesOfOnesOwnMayBeOneBackendUnderTwoOptions() {
        try (Backend backend = Backends.open("reference")) {
            Side plain = Side.of(backend);
            Side poor = Side.of("without passes", backend, CompileOptions.defaults().without(CompileOptions.Pass.FUSION));
            assertTrue(assertAgrees(Subject.of("softmax", softmax(), Map.of(), inputs), List.of(plain, poor), 1).agrees());
        }
    }
}
