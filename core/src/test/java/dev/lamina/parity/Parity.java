package dev.lamina.parity;

import dev.lamina.backend.Comparison;
import dev.lamina.backend.Tolerance;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Compares what two backends, or two compilations, give under the same names. */
public final class Parity {
    private Parity() { }

    /** Compares every tensor; one report for each that differs, after its name. Floating types are compared by the given tolerance. */
    public static void compare(Map<String, Tensor> expected, Map<String, Tensor> actual, Function<DType, Tolerance> tolerance, String where,
            List<String> failures) {
        if (!expected.keySet().equals(actual.keySet())) {
            failures.add(where + ": expected " + expected.keySet() + ", actual " + actual.keySet());
            return;
        }
        expected.forEach((name, tensor) -> {
            Comparison comparison = tolerance.apply(actual.get(name).dtype()).compare(tensor, actual.get(name));
            if (!comparison.agrees()) {
                failures.add(where + ", " + name + " " + tensor.shape() + ": " + comparison);
            }
        });
    }

    /** Compares every byte. */
    public static void compareBits(Map<String, Tensor> expected, Map<String, Tensor> actual, String where, List<String> failures) {
        expected.forEach((name, tensor) -> {
            if (!Arrays.equals(bytes(tensor), bytes(actual.get(name)))) {
                failures.add(where + ", " + name + ": bits differ; "
                        + new Tolerance(tensor.dtype(), 1, 0).compare(tensor, actual.get(name)));
            }
        });
    }

    private static byte[] bytes(Tensor tensor) {
        return tensor.contiguous().memory().toArray(ValueLayout.JAVA_BYTE);
    }
}
