package dev.lamina.graph.cases;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Random;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Update.Adam;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.graph.Update.Sgd;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;

/** Sources, random numbers and updates of variables. */
final class StateCases {
    private StateCases() { }

    static void add(CaseList list) {
        sources(list);
        randoms(list);
        updates(list);
    }

    private static void sources(CaseList list) {
        list.smooth("input", 1, List.of(Operand.any(3)), v -> v.get(0));
        for (DType dtype : DType.values()) {
            list.add("fill " + dtype, false, 1, List.of(), (g, _, _) -> List.of(Source.fill(g, TensorType.of(dtype, 3, 5), 1)));
            list.add("constant " + dtype, false, 1, List.of(), (g, _, _) -> List.of(
                    Source.constant(g, Tensor.of(dtype, new double[] {0, 1, 1, 0, 1, 0}, 2, 3))));
        }
        list.add("constant that is a strided view", false, 1, List.of(), (g, _, _) -> List.of(
                Source.constant(g, Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(1, 0))));
        list.plain("variable", List.of(Operand.any(3).inState()), v -> v.get(0).plus(1));
    }

    private static void randoms(CaseList list) {
        for (long[] dims : new long[][] {{3, 5}, {1}, {}, {0}, {1025}}) {
            Shape shape = Shape.of(dims);
            list.add("randomUniform " + shape, false, 1, List.of(),
                    (g, f, _) -> List.of(Random.uniform(g, new TensorType(f, shape), -1, 3)));
            list.add("randomNormal " + shape, false, 1, List.of(),
                    (g, f, _) -> List.of(Random.normal(g, new TensorType(f, shape), 0.5, 2)));
            list.add("randomBernoulli " + shape, false, 1, List.of(),
                    (g, f, _) -> List.of(Random.bernoulli(g, new TensorType(f, shape), 0.3)));
            list.smooth("dropout " + shape, 1, List.of(Operand.any(dims)), v -> Random.dropout(v.get(0), 0.4));
        }
        list.smooth("dropout of nothing dropped", 1, List.of(Operand.any(7)), v -> Random.dropout(v.get(0), 0));
        list.smooth("two dropouts", 1, List.of(Operand.any(40)), v -> Random.dropout(Random.dropout(v.get(0), 0.5), 0.25));
        list.plain("bernoulli by probabilities", List.of(Operand.of(Draw.uniform(0, 1), 31)), v -> Random.bernoulli(v.get(0)));
    }

    private static void updates(CaseList list) {
        Operand variable = Operand.any(3, 5).inState();
        Operand gradient = Operand.any(3, 5);
        Operand rate = Operand.of(Draw.uniform(0.05, 0.2));
        Operand moment = Operand.of(Draw.uniform(0.1, 1), 3, 5).inState();
        list.plain("assign", List.of(variable, gradient), v -> Update.assign(v.get(0), v.get(1)));
        list.plain("assign of an expression of the old value", List.of(variable, gradient),
                v -> Update.assign(v.get(0), Pointwise.exp(v.get(0)).plus(v.get(1))));
        list.plain("ema", List.of(variable, gradient), v -> Update.ema(v.get(0), v.get(1), 0.9));
        list.plain("ema warm", List.of(variable, gradient, Operand.of(Draw.integers(DType.INT64, 3, 4))),
                v -> Update.node(new Update.Ema(0.9), v.get(0), v.get(1), v.get(2)).output(0));
        for (double decay : new double[] {0, 0.1}) {
            list.plain("sgd decay " + decay, List.of(variable, gradient, rate),
                    v -> Update.node(new Sgd(0, false, decay, MomentumForm.RATE_OUTSIDE), v.toArray(Value[]::new)).output(0));
            for (MomentumForm form : MomentumForm.values()) {
                node(list, "sgd momentum " + form + " decay " + decay, new Sgd(0.9, false, decay, form),
                        List.of(variable, gradient, rate, moment));
            }
            node(list, "sgd nesterov decay " + decay, new Sgd(0.9, true, decay, MomentumForm.RATE_OUTSIDE),
                    List.of(variable, gradient, rate, moment));
            for (boolean decoupled : new boolean[] {false, true}) {
                for (int t : new int[] {1, 7}) {
                    node(list, (decoupled ? "adamW" : "adam") + " decay " + decay + " step " + t,
                            new Adam(0.9, 0.999, 1e-8, decay, decoupled),
                            List.of(variable, gradient, rate, moment, moment, Operand.of(Draw.integers(DType.INT64, t, t + 1))));
                }
            }
        }
    }

    private static void node(CaseList list, String name, Update op, List<Operand> operands) {
        list.add(name, false, 1, operands, (_, _, v) -> Update.node(op, v.toArray(Value[]::new)).outputs());
    }
}
