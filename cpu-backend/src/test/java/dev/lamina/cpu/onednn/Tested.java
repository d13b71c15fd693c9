package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.Backends;
import dev.lamina.backend.Comparison;
import dev.lamina.backend.Tolerance;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The backend that is compared with the reference: {@code cpu}, unless {@code -Dlamina.parity.backend} names another. */
final class Tested {
    static final String NAME = System.getProperty("lamina.parity.backend", "cpu");

    private Tested() { }

    /** Opens it; skips the test with the reason if it is not available here, and fails if there is none of its name. */
    static Backend open() {
        assumeAvailable();
        return Backends.open(NAME);
    }

    /** Skips the test unless the backend is available. */
    static void assumeAvailable() {
        List<BackendProvider> providers = Backends.providers();
        Optional<BackendProvider> provider = providers.stream().filter(p -> p.name().equals(NAME)).findFirst();
        assertTrue(provider.isPresent(), () -> "backend \"" + NAME + "\" has no provider on the class path; there are "
                + providers.stream().map(BackendProvider::name).toList());
        Availability availability = provider.get().probe();
        assumeTrue(availability.available(), () -> "backend \"" + NAME + "\" is not available: " + availability.detail());
    }

    /** Compares every tensor; one report for each that differs, after its name. Floating types are compared by the given tolerance. */
    static void compare(Map<String, Tensor> expected, Map<String, Tensor> actual, Function<DType, Tolerance> tolerance, String where,
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
    static void compareBits(Map<String, Tensor> expected, Map<String, Tensor> actual, String where, List<String> failures) {
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
