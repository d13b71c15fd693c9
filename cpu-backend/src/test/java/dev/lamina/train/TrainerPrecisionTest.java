package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.Split;
import dev.lamina.optim.Optimizer;
import dev.lamina.optim.Schedule;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration's precision reaches compilation: the reference, which refuses bfloat16, is the witness. */
class TrainerPrecisionTest {
    private static final Split DATA = TinyData.split(20, 10);
    private static final TrainConfig CONFIG = TrainConfig.builder("tiny", "tiny").batchSize(10).epochs(1).build();

    @TempDir
    Path folder;

    private static Trainer trainer(Backend backend, Precision precision) {
        return new Trainer(backend, TinyData.model(), DATA, CONFIG.toBuilder().precision(precision).build(), Optimizer.parse("sgd", 0),
                Schedule.constant(0.01), List.of());
    }

    @Test
    void trainingIsCompiledInTheConfigurationsPrecisionWhateverTheOtherOptions() {
        try (Backend backend = Backends.open("reference"); Trainer trainer = trainer(backend, Precision.BFLOAT16)) {
            trainer.compileOptions(CompileOptions.defaults().requiringDeterminism());
            assertTrue(assertThrows(BackendException.class, trainer::fit).getMessage().contains("BFLOAT16"));
        }
    }

    @Test
    void evaluationIsCompiledInTheRunsPrecisionOrTheOneGiven() throws IOException {
        Path run = folder.resolve("run");
        try (Backend backend = Backends.open("reference"); Trainer trainer = trainer(backend, Precision.TF32).runFolder(run)) {
            trainer.fit();
            RunFolder opened = RunFolder.open(run);
            assertEquals(Precision.TF32, opened.config().precision());
            try (Evaluator own = opened.evaluator(backend, TinyData.model());
                    Evaluator narrow = opened.evaluator(backend, TinyData.model(), Precision.BFLOAT16)) {
                assertEquals(10, own.evaluate(DATA.test(), 10).samples());
                assertThrows(BackendException.class, () -> narrow.evaluate(DATA.test(), 10));
            }
        }
    }
}
