package dev.lamina.graph.cases;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Update;
import dev.lamina.graph.Update.Adam;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.graph.Update.Sgd;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Updates of filters that a convolution of the same graph reads, by its gradient; the state is read after two runs. */
final class UpdateGrid {
    /** Images, channels, filters, groups. */
    private record Layer(long n, long c, long k, long groups) {
        Window window() {
            return Window.of(3).padding(1);
        }
    }

    private static final List<Layer> LAYERS = List.of(new Layer(2, 16, 16, 1), new Layer(2, 3, 17, 1), new Layer(1, 8, 8, 2),
            new Layer(3, 8, 8, 8));

    private UpdateGrid() { }

    static void add(CaseList list) {
        Map<String, Update> rules = new LinkedHashMap<>();
        for (double decay : new double[] {0, 0.1}) {
            rules.put("sgd decay " + decay, new Sgd(0, false, decay, MomentumForm.RATE_OUTSIDE));
            for (MomentumForm form : MomentumForm.values()) {
                rules.put("sgd momentum " + form + " decay " + decay, new Sgd(0.9, false, decay, form));
            }
            rules.put("sgd nesterov decay " + decay, new Sgd(0.9, true, decay, MomentumForm.RATE_OUTSIDE));
            rules.put("adam decay " + decay, new Adam(0.9, 0.999, 1e-3, decay, false));
            rules.put("adamW decay " + decay, new Adam(0.9, 0.999, 1e-3, decay, true));
        }
        rules.put("assign", new Update.Assign());
        rules.put("ema", new Update.Ema(0.9));
        rules.forEach((name, rule) -> {
            for (Layer layer : LAYERS) {
                convolution(list, name, rule, layer);
            }
            linear(list, name, rule);
        });
        averages(list);
    }

    private static int buffers(Update rule) {
        return switch (rule) {
            case Sgd sgd -> sgd.momentum() > 0 ? 1 : 0;
            case Adam _ -> 2;
            case Update.Assign _, Update.Ema _ -> 0;
        };
    }

    /** Operands: x, variable w, rate, step number, buffers. */
    private static List<Operand> operands(Operand x, Operand w, Update rule) {
        List<Operand> operands = new ArrayList<>(List.of(x, w.inState(), Operand.of(Draw.uniform(0.01, 0.02)),
                Operand.of(Draw.integers(DType.INT64, 2, 5))));
        for (int i = 0; i < buffers(rule); i++) {
            operands.add(Operand.of(Draw.uniform(0.1, 1), w.shape().toArray()).inState());
        }
        return operands;
    }

    private static void convolution(CaseList list, String name, Update rule, Layer layer) {
        Operand x = Operand.any(layer.n, layer.c, 5, 4);
        Operand w = Operand.of(Draw.uniform(-0.5, 0.5), layer.k, layer.c / layer.groups, 3, 3);
        list.add("update of filter %d,%d,%d by %s".formatted(layer.k, layer.c, layer.groups, name), false,
                20 * layer.n + 9 * layer.c, operands(x, w, rule), (_, _, v) -> {
            Value y = Convolution.conv2d(v.get(0), v.get(1), layer.window(), layer.groups);
            Value updated = step(rule, y, v);
            return List.of(y, updated, Convolution.conv2d(v.get(0), updated, layer.window(), layer.groups));
        });
    }

    private static void linear(CaseList list, String name, Update rule) {
        List<Operand> operands = operands(Operand.any(6, 17), Operand.of(Draw.uniform(-0.5, 0.5), 10, 17), rule);
        list.add("update of matrix by " + name, false, 40, operands, (_, _, v) -> {
            Value y = MatMul.matmul(v.get(0), v.get(1), false, true);
            return List.of(y, step(rule, y, v));
        });
    }

    /** One step down the mean square of y. */
    private static Value step(Update rule, Value y, List<Value> v) {
        Value w = v.get(1);
        Value gradient = Gradients.of(Reduction.mean(y.times(y)), List.of(w)).getFirst();
        List<Value> operands = new ArrayList<>(List.of(w, gradient));
        switch (rule) {
            case Sgd _ -> operands.add(v.get(2));
            case Adam _ -> operands.add(v.get(2));
            case Update.Assign _, Update.Ema _ -> { }
        }
        operands.addAll(v.subList(4, v.size()));
        if (rule instanceof Adam) {
            operands.add(v.get(3));
        }
        return Update.node(rule, operands.toArray(Value[]::new)).output(0);
    }

    /** An average of a filter that is updated in the same step, as weight averaging does, and a filter copied to another. */
    private static void averages(CaseList list) {
        for (Layer layer : LAYERS) {
            Operand w = Operand.of(Draw.uniform(-0.5, 0.5), layer.k, layer.c / layer.groups, 3, 3).inState();
            List<Operand> operands = List.of(Operand.any(layer.n, layer.c, 5, 4), w, w, w);
            list.add("update of filter and its average %d,%d,%d".formatted(layer.k, layer.c, layer.groups), false,
                    20 * layer.n + 9 * layer.c, operands, (_, _, v) -> {
                Value y = Convolution.conv2d(v.get(0), v.get(1), layer.window(), layer.groups);
                Value gradient = Gradients.of(Reduction.mean(y.times(y)), List.of(v.get(1))).getFirst();
                Value updated = Update.assign(v.get(1), v.get(1).minus(gradient.times(0.01)));
                return List.of(y, Update.ema(v.get(2), updated, 0.5), Update.assign(v.get(3), v.get(1).times(1)));
            });
        }
    }
}
