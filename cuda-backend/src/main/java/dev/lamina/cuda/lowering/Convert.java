package dev.lamina.cuda.lowering;

import java.util.List;

/** Copies between the layouts of a value: NCHW and channels last, float32 and bfloat16 (to nearest, ties to even), or both at once. */
public final class Convert implements Assembly.Conversion {
    @Override
    public void add(Assembly assembly, String name, Place from, Place to) {
        Move.of(from, to).add(assembly, List.of());
    }
}
