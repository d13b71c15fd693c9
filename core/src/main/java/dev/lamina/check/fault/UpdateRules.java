package dev.lamina.check.fault;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.List;

/** What updates compute, by plain arithmetic, so that a wrong value can be written instead. Rounds as its own ops do. */
final class UpdateRules {
    private UpdateRules() { }

    /** The new values of the variables that an update writes, in the order of its results. */
    static List<Value> newValues(Update update, List<Value> x) {
        return switch (update) {
            case Update.Assign _ -> List.of(x.get(1));
            case Update.Ema op -> List.of(ema(op, x));
            case Update.Sgd op -> sgd(op, x);
            case Update.Adam op -> adam(op, x);
        };
    }

    private static Value ema(Update.Ema op, List<Value> x) {
        Value decay = Source.scalar(x.getFirst().graph(), DType.FLOAT64, op.decay());
        if (x.size() == 3) {
            Value t = Pointwise.cast(x.get(2), DType.FLOAT64);
            decay = Pointwise.min(decay, t.plus(1).dividedBy(t.plus(10)));
        }
        DType dtype = x.getFirst().dtype();
        Value rest = Pointwise.cast(Source.scalarLike(decay, 1).minus(decay), dtype);
        return x.get(0).times(Pointwise.cast(decay, dtype)).plus(x.get(1).times(rest));
    }

    private static Value decayed(Value gradient, Value w, double decay) {
        return decay == 0 ? gradient : gradient.plus(w.times(decay));
    }

    private static List<Value> sgd(Update.Sgd op, List<Value> x) {
        Value w = x.get(0);
        Value gradient = decayed(x.get(1), w, op.weightDecay());
        Value rate = Pointwise.cast(x.get(2), w.dtype());
        if (op.momentum() == 0) {
            return List.of(w.minus(gradient.times(rate)));
        }
        boolean inside = op.form() == Update.MomentumForm.RATE_INSIDE;
        Value m = x.get(3).times(op.momentum()).plus(inside ? gradient.times(rate) : gradient);
        Value step = op.nesterov() ? gradient.plus(m.times(op.momentum())) : m;
        return List.of(w.minus(inside ? step : step.times(rate)), m);
    }

    private static List<Value> adam(Update.Adam op, List<Value> x) {
        Value w = x.get(0);
        Value rate = Pointwise.cast(x.get(2), w.dtype());
        Value gradient = op.decoupled() ? x.get(1) : decayed(x.get(1), w, op.weightDecay());
        Value m = x.get(3).times(op.beta1()).plus(gradient.times(1 - op.beta1()));
        Value v = x.get(4).times(op.beta2()).plus(Pointwise.square(gradient).times(1 - op.beta2()));
        Value scale = Pointwise.sqrt(v.dividedBy(correction(op.beta2(), x.get(5), w.dtype()))).plus(op.epsilon());
        Value step = m.dividedBy(correction(op.beta1(), x.get(5), w.dtype())).dividedBy(scale).times(rate);
        Value shrunk = op.decoupled() && op.weightDecay() != 0 ? w.minus(w.times(rate).times(op.weightDecay())) : w;
        return List.of(shrunk.minus(step), m, v);
    }

    /** {@code 1 - β^t}, in double precision as it cancels. */
    private static Value correction(double beta, Value t, DType dtype) {
        Value steps = Pointwise.cast(t, DType.FLOAT64);
        Value power = Pointwise.binary(BinaryFunction.POW, Source.scalarLike(steps, beta), steps);
        return Pointwise.cast(Source.scalarLike(steps, 1).minus(power), dtype);
    }
}
