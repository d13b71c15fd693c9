package dev.lamina.cuda;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.parity.CheckParity;
import dev.lamina.parity.CheckedModels;
import dev.lamina.parity.ModelSteps;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Cross-checks of this backend with the reference, and with the CPU backend: nothing on right code, what was planted on wrong. */
class CheckTest {
    private static final int TRAINED = 10;

    private static Backend reference;
    private static Backend cpu;
    private static CudaBackend tested;

    @BeforeAll
    static void open() {
        tested = Tested.open(Settings.defaults().searching(false));
        reference = Backends.open("reference");
        cpu = Backends.open("cpu");
    }

    @AfterAll
    static void close() {
        for (Backend backend : new Backend[] {tested, cpu, reference}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    private static CheckParity againstReference() {
        return new CheckParity(reference, reference, tested);
    }

    private static CheckParity againstCpu() {
        return new CheckParity(reference, cpu, tested);
    }

    @ParameterizedTest
    @EnumSource(names = {"MLP", "LENET", "MIXED"})
    void stepsAtDrawnAndTrainedWeightsAgree(CheckedModels model) {
        check(againstCpu(), model, 0, 1);
        check(againstReference(), model, TRAINED, 2);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void twentyStepsAgree(CheckedModels model) {
        check(againstReference(), model, 1, 20);
    }

    private static void check(CheckParity parity, CheckedModels model, int trained, int steps) {
        try (ModelSteps built = model.steps(cpu)) {
            built.run(0, trained);
            parity.agrees(built.subject(), steps);
        }
    }

    @TestFactory
    Stream<DynamicTest> faultsOfSomeOpsAreNamed() {
        Set<String> ops = Set.of("conv2d", "matmul", "batchNormGradient", "maxPool", "sgd", "dropout");
        return againstReference().faultsAreNamed(ops::contains);
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> faultsAreNamed() {
        return againstReference().faultsAreNamed(_ -> true);
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> faultsAreNamedBesideTheCpu() {
        return againstCpu().faultsAreNamed(List.of("conv2d", "matmul", "batchNorm", "SUM", "crossEntropy")::contains);
    }

    @TestFactory
    Stream<DynamicTest> nothingIsReportedOnRandomNetworks() {
        return networks(10);
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> nothingIsReportedOnManyRandomNetworks() {
        return networks(500);
    }

    private static Stream<DynamicTest> networks(int count) {
        return LongStream.range(0, count).mapToObj(seed -> DynamicTest.dynamicTest("network " + seed,
                () -> againstCpu().randomNetworkAgrees(seed)));
    }
}
