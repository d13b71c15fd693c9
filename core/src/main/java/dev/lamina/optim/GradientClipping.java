package dev.lamina.optim;

import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.LinkedHashMap;
import java.util.Map;

/** Limits to gradients, added to the graph between the gradients and the optimizer. */
public final class GradientClipping {
    private GradientClipping() { }

    /**
     * Gradients and their norm.
     *
     * @param gradients parameter to limited gradient, in order
     * @param norm the global norm before the limit, a scalar; not finite if a gradient is not
     */
    public record Clipped(Map<Value, Value> gradients, Value norm) {
    }

    /** The global norm {@code sqrt(Σ g²)} over all gradients, a scalar of float32, or float64 if the first gradient is. */
    public static Value globalNorm(Map<Value, Value> gradients) {
        Ranges.require(!gradients.isEmpty(), "clipping: there are no gradients.");
        DType dtype = gradients.values().iterator().next().dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        Value total = null;
        for (Value gradient : gradients.values()) {
            Value sum = Reduction.sum(Pointwise.square(Pointwise.cast(gradient, dtype)));
            total = total == null ? sum : total.plus(sum);
        }
        total.graph().name("gradientNorm");
        return Pointwise.sqrt(total);
    }

    /** Scales all gradients by {@code min(1, c / (norm + 1e-6))}. */
    public static Clipped byGlobalNorm(Map<Value, Value> gradients, double c) {
        Ranges.require(c > 0, "clipping: norm limit = %s, needs > 0.", c);
        Value norm = globalNorm(gradients);
        Value scale = Pointwise.min(Source.scalarLike(norm, 1), Source.scalarLike(norm, c).dividedBy(norm.plus(1e-6)));
        Map<Value, Value> scaled = new LinkedHashMap<>();
        gradients.forEach((parameter, gradient) -> scaled.put(parameter, gradient.times(Pointwise.cast(scale, gradient.dtype()))));
        return new Clipped(scaled, norm);
    }

    /** Clips every element to {@code [-c, c]}. */
    public static Map<Value, Value> byValue(Map<Value, Value> gradients, double c) {
        Ranges.require(c > 0, "clipping: value limit = %s, needs > 0.", c);
        Map<Value, Value> clipped = new LinkedHashMap<>();
        gradients.forEach((parameter, gradient) -> clipped.put(parameter, Pointwise.clip(gradient, -c, c)));
        return clipped;
    }
}
