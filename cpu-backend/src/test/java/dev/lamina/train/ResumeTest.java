package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.data.Split;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.train.StepRules.NonFinite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A run that dies at any step and is resumed ends with the bits of one that was left alone, whatever its settings. */
class ResumeTest {
    /** 50 samples in batches of 8: 7 batches an epoch, the last of 2. */
    private static final Split DATA = TinyData.split(50, 30);
    private static final int EPOCHS = 3;
    private static Backend backend;

    @BeforeContainer
    static void open() {
        backend = Backends.open("reference");
    }

    @AfterContainer
    static void close() {
        backend.close();
    }

    @Provide
    static Arbitrary<TrainConfig> settings() {
        Arbitrary<StepRules> rules = Combinators.combine(Arbitraries.of(true, false), Arbitraries.of(1.0, 2.0), Arbitraries.of(0, 0.05),
                Arbitraries.of(NonFinite.class), Arbitraries.of(1, 2, 3)).as((noDecay, bias, clip, nonFinite, accumulate) ->
                        new StepRules(noDecay, MomentumForm.RATE_OUTSIDE, bias, clip.doubleValue(), nonFinite, accumulate));
        Arbitrary<Averaging> averaging = Arbitraries.of(Averaging.NONE, new Averaging(0.9, false, true), new Averaging(0.9, true, true),
                new Averaging(0.8, true, false));
        Arbitrary<Keeping> keeping = Arbitraries.of(Keeping.LAST, new Keeping(true, Keeping.Metric.LOSS, false),
                new Keeping(true, Keeping.Metric.TOP1, true));
        Arbitrary<FineTuning> tuning = Arbitraries.of(FineTuning.NONE, new FineTuning("start", List.of("fc1*"), true, 3),
                new FineTuning("start", List.of("norm.*", "fc1.bias"), false, 1));
        Arbitrary<String> schedule = Arbitraries.of("plateau:0.5:0", "warmup:1:plateau:0.3:0", "multistep:50%,75%",
                "warmup:1,0.5:cosine:0.001",                "onecycle");
        return Combinators.combine(rules, averaging, keeping, tuning, schedule, Arbitraries.of("momentum", "adamw", "nesterov"),
                Arbitraries.of(0, 4), Arbitraries.of(0.0, 0.5)).as((r, a, k, t, s, o, every, clip) ->
                        TrainConfig.builder("tiny", "tiny").batchSize(8).epochs(EPOCHS).seed(3).optimizer(o).rate(0.05).weightDecay(0.01)
                                .schedule(s).clipNorm(clip).checkpointEvery(every).rules(r).averaging(a).keeping(k).fineTuning(t)
                                .earlyStop(3, 0).build());
    }

    private static Trainer trainer(TrainConfig config, Listener... listeners) {
        Trainer trainer = new Trainer(backend, TinyData.model(), DATA, config, config.makeOptimizer(), config.makeSchedule(7),
                List.of(listeners));
        if (config.fineTuning().from().isEmpty()) {
            return trainer;
        }
        return trainer.startFrom(new StartWeights("start", START, Optional.empty()));
    }

    private static final Map<String, dev.lamina.tensor.Tensor> START = start();

    private static Map<String, dev.lamina.tensor.Tensor> start() {
        TrainConfig config = TrainConfig.builder("tiny", "tiny").batchSize(10).epochs(1).seed(9).build();
        try (Backend own = Backends.open("reference"); Trainer trainer = new Trainer(own, TinyData.model(), DATA, config,
                config.makeOptimizer(), config.makeSchedule(5), List.of())) {
            trainer.fit();
            return TinyData.model().parameters().names().stream()
                    .collect(java.util.stream.Collectors.toMap(name -> name, trainer.state()::get));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Property(tries = 8, edgeCases = EdgeCasesMode.NONE)
    void aRunThatDiedGoesOnBitForBit(@ForAll("settings") TrainConfig config, @ForAll boolean killed) throws IOException {
        Path folder = Files.createTempDirectory("resume");
        try {
            TrainResult whole;
            try (Trainer trainer = trainer(config).runFolder(folder.resolve("whole"))) {
                whole = trainer.fit();
            }
            long death = 1 + Math.floorMod(config.hashCode(), whole.steps());
            Path run = folder.resolve("run");
            Trainer[] running = new Trainer[1];
            Listener end = new Listener() {
                @Override
                public void onStep(Step step) {
                    if (step.step() == death && killed) {
                        throw new IllegalStateException("killed");
                    } else if (step.step() == death) {
                        running[0].requestStop();
                    }
                }
            };
            try (Trainer trainer = trainer(config, end).runFolder(run)) {
                running[0] = trainer;
                if (killed) {
                    assertThrows(IllegalStateException.class, trainer::fit);
                } else {
                    assertEquals(death, trainer.fit().steps());
                }
            }
            try (Trainer trainer = trainer(config).resume(run)) {
                TrainResult result = trainer.fit();
                assertEquals(whole.steps(), result.steps());
                assertEquals(whole.end(), result.end());
                assertEquals(whole.skipped(), result.skipped());
                for (int e = 0; e < whole.history().size(); e++) {
                    assertEquals(whole.history().get(e).trainLoss(), result.history().get(e).trainLoss());
                    assertEquals(whole.history().get(e).testLoss(), result.history().get(e).testLoss());
                    assertEquals(whole.history().get(e).learningRate(), result.history().get(e).learningRate());
                }
            }
            List<String> files = names(folder.resolve("whole"));
            assertEquals(files, names(run));
            for (String file : files) {
                if (file.endsWith(".safetensors")) {
                    assertArrayEquals(Files.readAllBytes(folder.resolve("whole").resolve(file)), Files.readAllBytes(run.resolve(file)),
                            file);
                }
            }
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                all.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
            }
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }
}
