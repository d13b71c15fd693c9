package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What kernels are compared with, and how. */
final class SpatialChecks {
    private SpatialChecks() { }

    /** Images as a constant of a graph. */
    static Value constant(GraphBuilder graph, Images images, double[] plain) {
        return numbers(graph, plain, images.n(), images.c(), images.h(), images.w());
    }

    static Value numbers(GraphBuilder graph, double[] values, long... dims) {
        return Source.constant(graph, Tensor.of(DType.FLOAT32, values, dims));
    }

    /** Values on the reference backend. */
    static List<double[]> reference(GraphBuilder graph, List<Value> values) {
        for (int i = 0; i < values.size(); i++) {
            graph.output("y" + i, values.get(i));
        }
        Graph built = graph.build();
        List<double[]> results = new ArrayList<>();
        try (Backend backend = Backends.open("reference"); State state = backend.createState(built.variables());
                Executable executable = backend.compile(built, CompileOptions.defaults())) {
            executable.run(state, Map.of());
            for (int i = 0; i < values.size(); i++) {
                results.add(executable.read("y" + i).toDoubles());
            }
        }
        return results;
    }

    /** Equal but for what float32 explains in a sum of this many terms: the rule of the shared op cases. NaN and infinity must be equal. */
    static void assertClose(double[] expected, double[] actual, double terms, String what) {
        assertEquals(expected.length, actual.length, what);
        double scale = Arrays.stream(expected).filter(Double::isFinite).map(Math::abs).max().orElse(0);
        double limit = DType.FLOAT32.epsilon() * (16 + 4 * Math.sqrt(terms)) * scale;
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(expected[i] - actual[i]) <= limit)) {
                assertEquals(expected[i], actual[i], limit, what + " at " + i);
            }
        }
    }

    static void assertSameBits(SpatialMemory expected, SpatialMemory actual, String what) {
        assertTrue(expected.bits().mismatch(actual.bits()) < 0, what + ": differs at byte " + expected.bits().mismatch(actual.bits()));
    }
}
