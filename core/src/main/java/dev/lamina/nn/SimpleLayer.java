package dev.lamina.nn;

import dev.lamina.graph.Value;
import java.util.function.BiFunction;

/**
 * A layer without parameters.
 *
 * @param kind what it is called
 * @param linear whether two linear layers with only this between them are one in inference
 * @param function what it adds
 */
record SimpleLayer(String kind, boolean linear, BiFunction<Context, Value, Value> function) implements Layer {
    @Override
    public Value apply(Context context, Value x) {
        return function.apply(context, x);
    }

    @Override
    public String toString() {
        return kind;
    }
}
