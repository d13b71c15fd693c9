package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The structure of gradient graphs; their numbers are checked on a backend. */
class GradientsTest {
    private final GraphBuilder g = new GraphBuilder();
    private final Value x = g.input("x", TensorType.of(DType.FLOAT64, 3));
    private final Value other = g.input("other", TensorType.of(DType.FLOAT64, 3));

    private static String error(Runnable action) {
        return assertThrows(GraphException.class, action::run).getMessage();
    }

    @Test
    void usesAreSummed() {
        Value d = Gradients.of(Reduction.sum(x.times(x)), List.of(x)).getFirst();
        assertEquals("add", d.node().op().name());
        assertEquals(x.type(), d.type());
    }

    @Test
    void gradientNodesAreNamedAfterTheirNode() {
        g.name("act");
        Value y = Pointwise.tanh(x);
        Value d = Gradients.of(Reduction.sum(y), List.of(x)).getFirst();
        assertTrue(d.name().startsWith("grad/act/"), d.name());
        assertEquals("exp", Pointwise.exp(x).name());
    }

    @Test
    void gradientByTheLossItselfIsOne() {
        Value loss = Reduction.sum(x);
        Value d = Gradients.of(loss, List.of(loss)).getFirst();
        assertEquals(new Source.Fill(loss.type(), 1), d.node().op());
    }

    @Test
    void gradientByAnIntermediateValue() {
        Value y = Pointwise.exp(x);
        List<Value> d = Gradients.of(Reduction.sum(Pointwise.square(y)), List.of(y, x));
        assertEquals(y.type(), d.get(0).type());
        assertEquals("multiply", d.get(1).node().op().name());
    }

    @Test
    void unusedEntryIsAnErrorThatNamesBoth() {
        assertEquals("gradients: loss \"reduceSum\" does not depend differentiably on \"other\". Use Gradients.orZeros if that is "
                + "intended.",
                error(() -> Gradients.of(Reduction.sum(x), List.of(x, other))));
    }

    @Test
    void entriesBelowABlockingStepAreLeftOutAndOthersAreNot() {
        Value blocked = Pointwise.binarize(x, Pointwise.StepGradient.BLOCK);
        Value loss = Reduction.sum(blocked.times(other));
        assertEquals(List.of(other), List.copyOf(Gradients.unlessBlocked(loss, List.of(x, other)).keySet()));
        Value unused = g.input("unused", TensorType.of(DType.FLOAT64, 3));
        assertTrue(error(() -> Gradients.unlessBlocked(loss, List.of(other, unused))).contains("\"unused\""));
        assertTrue(error(() -> Gradients.unlessBlocked(Reduction.sum(Pointwise.unary(Pointwise.UnaryFunction.FLOOR, x)), List.of(x)))
                .contains("stops it"), "only steps that block on purpose count");
    }

    @Test
    void entryBehindAStepIsAnErrorThatNamesTheStep() {
        Value loss = Reduction.sum(Pointwise.unary(Pointwise.UnaryFunction.SIGN, x));
        assertEquals("gradients: loss \"reduceSum\" does not depend differentiably on \"x\". sign \"sign\" stops it: its derivative is 0 "
                + "almost everywhere.", error(() -> Gradients.of(loss, List.of(x))));
    }

    @Test
    void zerosWhereUnused() {
        List<Value> d = Gradients.orZeros(Reduction.sum(x), List.of(other, x));
        assertEquals(new Source.Fill(other.type(), 0), d.get(0).node().op());
        assertEquals("broadcastTo", d.get(1).node().op().name());
    }

    @Test
    void stopGradientStops() {
        Value loss = Reduction.sum(x.times(Shaping.stopGradient(x)));
        Value d = Gradients.of(loss, List.of(x)).getFirst();
        assertEquals("multiply", d.node().op().name());
    }

    @Test
    void nodesThatNobodyAskedForGetNone() {
        Value y = Pointwise.exp(other);
        Value d = Gradients.of(Reduction.sum(x.times(y)), List.of(x)).getFirst();
        g.output("d", d);
        long exps = g.build().nodes().stream().filter(n -> n.op().name().equals("exp")).count();
        assertEquals(1, exps);
        assertTrue(g.nodes().stream().noneMatch(n -> n.name().startsWith("grad/exp")));
    }

    @Test
    void batchStatisticsCarryNoGradient() {
        Value image = g.input("image", TensorType.of(DType.FLOAT64, 4, 3));
        Value one = Source.fill(g, TensorType.of(DType.FLOAT64, 3), 1);
        Value mean = Normalization.batchNormTraining(image, one, one, 1e-5).output(1);
        assertEquals("batchNorm \"batchNorm\": no gradient flows through the batch statistics; use the normalised output.",
                error(() -> Gradients.of(Reduction.sum(mean), List.of(image))));
    }

    @Test
    void namesAreRightAfterAFailure() {
        batchStatisticsCarryNoGradient();
        assertEquals("exp", Pointwise.exp(x).name());
    }

    @Test
    void secondDerivativesWhereOffered() {
        Value d = Gradients.of(Reduction.sum(Pointwise.tanh(x)), List.of(x)).getFirst();
        Value dd = Gradients.of(Reduction.sum(d), List.of(x)).getFirst();
        assertEquals(x.type(), dd.type());
    }
}
