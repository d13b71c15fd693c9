package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.GradientCheck;
import dev.lamina.backend.GradientCheck.Argument;
import dev.lamina.backend.GradientReport;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.graph.cases.OpCases;
import dev.lamina.graph.cases.Operand;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every differentiable case against central differences in float64. */
class ReferenceGradientTest {
    private static final long SEED = 7;
    private static final Backend BACKEND = Backends.open("reference");

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    @TestFactory
    Stream<DynamicTest> gradientsAgreeWithDifferences() {
        return OpCases.differentiable().stream().map(c -> dynamicTest(c.name(), () -> {
            GradientReport report = new GradientCheck(BACKEND, SEED).check(arguments(c),
                    (graph, values) -> c.body().build(graph, DType.FLOAT64, values));
            assertTrue(report.passed(), () -> "seed " + SEED + ": " + report);
        }));
    }

    private static List<Argument> arguments(OpCase c) {
        Philox.Stream random = new Philox.Stream(SEED, 0, c.name().hashCode());
        List<Argument> arguments = new ArrayList<>();
        for (Operand operand : c.operands()) {
            Tensor value = operand.draw().tensor(random, DType.FLOAT64, operand.shape());
            arguments.add(new Argument("x" + arguments.size(), value, operand.differentiate()));
        }
        return arguments;
    }
}
