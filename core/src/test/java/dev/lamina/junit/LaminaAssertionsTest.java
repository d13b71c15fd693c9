package dev.lamina.junit;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.BackendProvider;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** What the assertion does where there is nothing to compare; samples' tests run it on real backends. */
class LaminaAssertionsTest {
    @TempDir
    private Path dir;

    private void doubling(Class<? extends BackendProvider> provider, String required) throws IOException {
        GraphBuilder graph = new GraphBuilder();
        graph.output("y", graph.input("x", TensorType.of(DType.FLOAT32, 2)).times(2));
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        try (URLClassLoader loader = FakeBackends.loader(dir, List.of(provider))) {
            thread.setContextClassLoader(loader);
            System.setProperty(Candidate.REQUIRE, required);
            LaminaAssertions.assertAgrees(graph.build(), Map.of("x", Tensor.zeros(DType.FLOAT32, Shape.of(2))));
        } finally {
            System.clearProperty(Candidate.REQUIRE);
            thread.setContextClassLoader(before);
        }
    }

    @Test
    void nothingToCompareWithAbortsTheTestWithTheReasons() {
        String message = assertThrows(TestAbortedException.class, () -> doubling(FakeBackends.Absent.class, ""))
                .getMessage();
        assertTrue(message.contains("absent is not available: no driver is installed"), message);
    }

    @Test
    void missingBackendThatIsRequiredFailsTheTest() {
        String message = assertThrows(AssertionFailedError.class, () -> doubling(FakeBackends.Absent.class, "absent")).getMessage();
        assertTrue(message.contains("requires backend \"absent\""), message);
    }
}
