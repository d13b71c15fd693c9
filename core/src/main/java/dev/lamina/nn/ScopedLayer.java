package dev.lamina.nn;

import dev.lamina.graph.Value;

/** A layer whose names start with one more path element; maybe frozen. */
record ScopedLayer(String name, boolean frozen, Layer layer) implements Layer {
    @Override
    public Value apply(Context context, Value x) {
        Context inner = name == null ? context : context.in(name);
        return layer.apply(frozen ? inner.freezing() : inner, x);
    }
}
