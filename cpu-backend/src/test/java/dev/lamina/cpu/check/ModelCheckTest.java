package dev.lamina.cpu.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.check.CheckReport;
import dev.lamina.check.Verdict;
import dev.lamina.parity.CheckParity;
import dev.lamina.parity.CheckedModels;
import dev.lamina.parity.ModelSteps;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training steps of models on the CPU backend, judged by the reference, at drawn and at trained weights. */
class ModelCheckTest {
    private static final int TRAINED = 30;
    private static final Backend REFERENCE = Backends.open("reference");
    private static final Backend CPU = Backends.open("cpu");
    private static final CheckParity PARITY = new CheckParity(REFERENCE, REFERENCE, CPU);

    @AfterAll
    static void close() {
        CPU.close();
        REFERENCE.close();
    }

    @ParameterizedTest
    @EnumSource(names = {"MLP", "LENET", "MIXED", "RESNET20", "SQUEEZENET"})
    void oneStepAtDrawnWeightsAgrees(CheckedModels model) {
        check(model, 0, 1);
    }

    @ParameterizedTest
    @EnumSource(names = {"MLP", "LENET", "MIXED"})
    void threeStepsAtTrainedWeightsAgree(CheckedModels model) {
        check(model, TRAINED, 3);
    }

    @Tag("slow")
    @ParameterizedTest
    @EnumSource
    void twentyStepsAtTrainedWeightsAgree(CheckedModels model) {
        check(model, model == CheckedModels.ALEXNET ? 3 : TRAINED, 20);
    }

    private static void check(CheckedModels model, int trained, int steps) {
        try (ModelSteps built = model.steps(CPU)) {
            built.run(0, trained);
            CheckReport report = PARITY.agrees(built.subject(), steps);
            // Every fused group of these can be judged.
            assertEquals(0, report.sides().get(1).groups().stream().filter(n -> n.verdict() == Verdict.NOT_JUDGED).count());
        }
    }
}
