package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.Tolerance;
import dev.lamina.graph.cases.CaseGraph;
import dev.lamina.graph.cases.OpCase;
import dev.lamina.parity.Parity;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;

/** Every case on the device in TF32 and bfloat16 against the reference in float64, as {@link ParityTest} does in float32. */
class NarrowParityTest {
    private static Backend reference;
    private static CudaBackend guarded;

    @BeforeAll
    static void open() {
        guarded = Tested.open();
        reference = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        for (Backend backend : new Backend[] {guarded, reference}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    @TestFactory
    Stream<DynamicContainer> agreesInTf32() {
        return ParityCases.all((c, _) -> narrow(c, Precision.TF32, Tolerance.TF32_EPSILON));
    }

    @TestFactory
    Stream<DynamicContainer> agreesInBfloat16() {
        return ParityCases.all((c, _) -> narrow(c, Precision.BFLOAT16, DType.BFLOAT16.epsilon()));
    }

    private static Map<String, Tensor> exact(OpCase c, int runs) {
        return new CaseGraph(c, DType.FLOAT64).run(reference, CompileOptions.defaults(), runs);
    }

    private static void narrow(OpCase c, Precision precision, double epsilon) {
        CaseGraph graph = new CaseGraph(c, DType.FLOAT32);
        int runs = graph.hasState() ? 2 : 1;
        CompileOptions options = CompileOptions.defaults().withPrecision(precision);
        List<String> failures = new ArrayList<>();
        Function<DType, Tolerance> tolerance = dtype -> c.tolerance(dtype).withOperands(epsilon);
        Map<String, Tensor> expected = exact(c, runs);
        Map<String, Tensor> actual = graph.run(guarded, options, runs);
        if (Parity.hasKinksBehindProducts(graph.graph())) {
            Parity.compareNorms(expected, actual, tolerance.apply(DType.FLOAT32), precision.toString(), failures);
        } else {
            Parity.compare(expected, actual, tolerance, precision.toString(), failures);
        }
        assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }
}
