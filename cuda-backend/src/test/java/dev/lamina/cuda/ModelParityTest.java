package dev.lamina.cuda;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.parity.ModelParity;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whole models, trained on the device and on the reference; what is compared and how, says {@link ModelParity}. */
class ModelParityTest {
    private static Backend reference;
    private static CudaBackend tested;
    private static ModelParity parity;

    @TempDir
    private Path folder;

    @BeforeAll
    static void open() {
        tested = Tested.open(Settings.defaults().searching(false));
        reference = Backends.open("reference");
        parity = new ModelParity(reference, tested);
    }

    @AfterAll
    static void close() {
        for (Backend backend : new Backend[] {tested, reference}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> trainsLikeTheReference() {
        return parity.trainsLikeTheReference();
    }

    @TestFactory
    Stream<DynamicTest> lossCurvesAgree() {
        return parity.lossCurvesAgree();
    }

    @TestFactory
    Stream<DynamicTest> stateMovesBetweenBackends() {
        return parity.stateMovesBetweenBackends(folder);
    }
}
