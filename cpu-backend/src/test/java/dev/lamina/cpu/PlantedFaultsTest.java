package dev.lamina.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.GradientCheck;
import dev.lamina.backend.GradientCheck.Argument;
import dev.lamina.backend.GradientCheck.Function;
import dev.lamina.backend.GradientReport;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.StepGradient;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The checker catches wrong gradients, passes right ones, and refuses what has none. */
class PlantedFaultsTest {
    private final Backend backend = Backends.open("reference");
    private final GradientCheck checker = new GradientCheck(backend, 3);
    private final Argument x = Argument.of("x", Tensor.of(Eval.noise(12, 1), 3, 4));

    @AfterEach
    void close() {
        backend.close();
    }

    private static Function of(java.util.function.UnaryOperator<Value> f) {
        return (_, v) -> List.of(f.apply(v.getFirst()));
    }

    @Test
    void wrongSignIsCaught() {
        Function tanh = of(Pointwise::tanh);
        GradientReport wrong = checker.check(List.of(x), tanh, (_, y, g) -> List.of(
                g.get(0).times(Pointwise.square(y.get(0)).plus(1))));
        assertFalse(wrong.passed());
        GradientReport right = checker.check(List.of(x), tanh, (_, y, g) -> List.of(
                g.get(0).times(Pointwise.negate(Pointwise.square(y.get(0))).plus(1))));
        assertTrue(right.passed(), right::toString);
        GradientReport negated = checker.check(List.of(x), of(Pointwise::exp), (_, y, g) -> List.of(
                Pointwise.negate(g.get(0).times(y.get(0)))));
        assertFalse(negated.passed());
        assertEquals("tanh \"tanh\"", wrong.entries().getFirst().node());
        assertEquals("x", negated.entries().stream().filter(e -> e.index() >= 0).findFirst().orElseThrow().input());
    }

    @Test
    void missingSumOverBroadcastAxisIsCaught() {
        Argument b = Argument.of("b", Tensor.of(Eval.noise(4, 2)));
        Function add = (_, v) -> List.of(v.get(0).plus(v.get(1)));
        GradientReport wrong = checker.check(List.of(x, b), add, (_, _, g) -> List.of(
                g.get(0), Shaping.reshape(Shaping.slice(g.get(0), 0, 0, 1), Shape.of(4))));
        assertFalse(wrong.passed());
        assertTrue(wrong.entries().stream().filter(e -> e.error() > GradientCheck.LIMIT && e.index() >= 0)
                .allMatch(e -> e.input().equals("b")));
        GradientReport right = checker.check(List.of(x, b), add, (_, _, g) -> List.of(g.get(0), Reduction.sum(g.get(0), 0)));
        assertTrue(right.passed(), right::toString);
    }

    @Test
    void softmaxWithoutSubtractionIsCaught() {
        Function softmax = of(v -> Softmax.softmax(v, 1));
        GradientReport wrong = checker.check(List.of(x), softmax, (_, y, g) -> List.of(y.get(0).times(g.get(0))));
        assertFalse(wrong.passed());
        assertTrue(checker.check(List.of(x), softmax).passed());
    }

    @Test
    void oneWrongElementIsCaughtAndReportedFirst() {
        GradientReport wrong = checker.check(List.of(x), of(Pointwise::square), (v, _, g) -> List.of(g.get(0).times(v.get(0)).times(2).plus(
                v.get(0).graph().add(new Shaping.Pad(List.of(1L, 2L), List.of(1L, 1L), List.of(0L, 0L), 0),
                        Shaping.slice(Shaping.slice(v.get(0), 0, 0, 1), 1, 0, 1)).times(1e-3))));
        GradientReport.Entry worst = wrong.entries().getFirst();
        assertFalse(wrong.passed());
        assertTrue(wrong.entries().stream().filter(e -> e.index() >= 0 && e.error() > GradientCheck.LIMIT).allMatch(e -> e.index() == 6));
        assertTrue(wrong.toString().contains(worst.toString()));
    }

    @Test
    void notANumberFails() {
        GradientReport wrong = checker.check(List.of(x), of(Pointwise::square), (v, _, g) -> List.of(
                g.get(0).times(Pointwise.sqrt(Pointwise.negate(Pointwise.exp(v.get(0)))))));
        assertFalse(wrong.passed());
        assertEquals(Double.POSITIVE_INFINITY, wrong.entries().getFirst().error());
    }

    @Test
    void bigInputsAreSampled() {
        Argument big = Argument.of("x", Tensor.of(Eval.noise(5000, 4)));
        GradientReport report = checker.check(List.of(big), of(Pointwise::sigmoid));
        assertEquals(GradientCheck.SAMPLE + 1, report.entries().size());
        assertTrue(report.passed(), report::toString);
    }

    @Test
    void refusesWhatHasNoDerivative() {
        for (StepGradient step : StepGradient.values()) {
            assertEquals("binarize \"b\": derivative is 0 almost everywhere; straight-through gradient is not the derivative and cannot be "
                    + "checked.", refused((graph, v) -> {
                        graph.name("b");
                        return List.of(Pointwise.binarize(v.getFirst(), step));
                    }));
        }
        assertEquals("sign \"sign\": its derivative is 0 almost everywhere. It cannot be checked.",
                refused(of(v -> Pointwise.exp(Pointwise.unary(UnaryFunction.SIGN, v)))));
        assertEquals("argMax \"argMax\": a position is not differentiable. It cannot be checked.",
                refused(of(v -> Reduction.argMax(v, 0))));
        assertEquals("stopGradient \"stopGradient\": it was put there for that. It cannot be checked.",
                refused(of(v -> v.times(Shaping.stopGradient(v)))));
    }

    @Test
    void refusesNarrowTypes() {
        Argument narrow = Argument.of("x", Tensor.of(new float[] {1, 2}));
        assertEquals("gradcheck: argument \"x\" is float32 [2], needs float64. Differences in a narrower type show rounding only.",
                assertThrows(GraphException.class, () -> checker.check(List.of(narrow), of(Pointwise::exp))).getMessage());
    }

    private String refused(Function function) {
        return assertThrows(GraphException.class, () -> checker.check(List.of(x), function)).getMessage();
    }
}
