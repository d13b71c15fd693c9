package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.train.StepRules.NonFinite;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainConfigTest {
    private static final TrainConfig CONFIG = TrainConfig.builder("lenet", "digits").batchSize(32).epochs(5).seed(-3).optimizer("adam")
            .rate(1e-3).schedule("cosine").weightDecay(1e-4).labelSmoothing(0.1).clipNorm(1).checkpointEvery(100).evalBatchSize(500)
            .earlyStop(3, 1e-4).precision(Precision.BFLOAT16)
            .rules(new StepRules(true, MomentumForm.RATE_INSIDE, 2, 0.5, NonFinite.SKIP, 4)).averaging(new Averaging(0.99, true, false))
            .keeping(new Keeping(true, Keeping.Metric.TOP1, true)).fineTuning(new FineTuning("runs/a", List.of("conv*"), true, 10))
            .options(Map.of("data-dir", "x")).build();

    @Test
    void survivesJson() throws IOException {
        ObjectMapper json = new ObjectMapper();
        assertEquals(CONFIG, json.readValue(json.writeValueAsString(CONFIG), TrainConfig.class));
    }

    @Test
    void survivesItsBuilder() {
        assertEquals(CONFIG, CONFIG.toBuilder().build());
    }

    @Test
    void namesEveryConflictButAllowsMoreEpochs() {
        assertEquals(List.of(), CONFIG.conflicts(CONFIG.toBuilder().epochs(9).checkpointEvery(1).build()));
        assertEquals(List.of("batchSize was 32, now 16", "seed was -3, now 4", "precision was bf16, now tf32"),
                CONFIG.conflicts(CONFIG.toBuilder().batchSize(16).seed(4).precision(Precision.TF32).build()));
    }

    @Test
    void settingsWrittenBeforeThereWasAChoiceMeanFloat32() throws IOException {
        ObjectMapper json = new ObjectMapper();
        String old = json.writeValueAsString(CONFIG).replace("\"precision\":\"BFLOAT16\",", "");
        assertEquals(CONFIG.toBuilder().precision(Precision.FLOAT32).build(), json.readValue(old, TrainConfig.class));
    }

    @Test
    void settingsWrittenBeforeThereWereRulesMeanNone() throws IOException {
        ObjectMapper json = new ObjectMapper();
        com.fasterxml.jackson.databind.node.ObjectNode old = json.valueToTree(CONFIG);
        old.remove(List.of("rules", "averaging", "keeping", "fineTuning"));
        assertEquals(CONFIG.toBuilder().rules(StepRules.PLAIN).averaging(Averaging.NONE).keeping(Keeping.LAST).fineTuning(FineTuning.NONE)
                .build(), json.readValue(old.toString(), TrainConfig.class));
    }

    @Test
    void namesConflictsOfEveryGroup() {
        TrainConfig plain = CONFIG.toBuilder().rules(StepRules.PLAIN).averaging(Averaging.NONE).keeping(Keeping.LAST)
                .fineTuning(FineTuning.NONE).build();
        assertEquals(List.of("noDecay was true, now false", "momentumForm was RATE_INSIDE, now RATE_OUTSIDE", "biasRate was 2.0, now 1.0",
                "clipValue was 0.5, now 0.0", "nonFinite was SKIP, now ERROR", "accumulate was 4, now 1", "emaDecay was 0.99, now 0.0",
                "emaWarmup was true, now false", "keepBest was true, now false", "keepMetric was TOP1, now LOSS",
                "restoreBest was true, now false", "from was runs/a, now ", "freeze was [conv*], now []", "newHead was true, now false",
                "headRate was 10.0, now 1.0"), CONFIG.conflicts(plain));
    }

    @Test
    void patternsOfFrozenNames() {
        Predicate<String> frozen = new FineTuning("", List.of("conv*", "layer1.*", "fc.bias"), false, 1).frozen();
        for (String name : List.of("conv1.weight", "conv.x.y", "layer1.0.bn1.weight", "fc.bias")) {
            assertTrue(frozen.test(name), name);
        }
        for (String name : List.of("layer10.weight", "my.conv1", "fc.weight", "fc.bias2", "fcxbias")) {
            assertFalse(frozen.test(name), name);
        }
    }

    @Test
    void theBestEpochIsTheFirstOfEqualsAndNeverNaN() {
        Keeping byLoss = new Keeping(true, Keeping.Metric.LOSS, false);
        assertEquals(1, byLoss.bestEpoch(losses(3, 2, 2, Double.NaN)));
        assertEquals(-1, byLoss.bestEpoch(losses(Double.NaN)));
        assertTrue(byLoss.lastIsBest(losses(3, 2)));
        assertFalse(byLoss.lastIsBest(losses(2, 2)));
        assertFalse(Keeping.LAST.lastIsBest(losses(3, 2)));
    }

    static List<Arguments> wrong() {
        return List.of(
                bad(b -> b.rules(StepRules.PLAIN.withAccumulate(0)), "accumulate = 0, needs >= 1."),
                bad(b -> b.rules(StepRules.PLAIN.withClipValue(-1)), "clipValue = -1.0, needs >= 0; 0 switches clipping off."),
                bad(b -> b.rules(StepRules.PLAIN.withBiasRate(0)), "biasRate = 0.0, needs a finite number > 0."),
                bad(b -> b.averaging(new Averaging(1, false, false)), "emaDecay = 1.0, needs 0 <= emaDecay < 1; 0 switches averages off."),
                bad(b -> b.averaging(new Averaging(0, true, false)), "emaWarmup without averages. Set emaDecay, e.g. 0.999."),
                bad(b -> b.keeping(new Keeping(false, null, true)), "restoreBest without keeping the best. Keep best,last."),
                bad(b -> b.fineTuning(new FineTuning("", List.of(), true, 1)),
                        "newHead without weights to start from. Give a run or a file of weights."),
                bad(b -> b.fineTuning(new FineTuning("", List.of(" "), false, 1)), "freeze has an empty pattern. Give names, e.g. conv*."),
                bad(b -> b.fineTuning(new FineTuning("", List.of(), false, 0)), "headRate = 0.0, needs a finite number > 0."),
                bad(b -> b.batchSize(0), "batchSize = 0, needs >= 1."),
                bad(b -> b.epochs(-1), "epochs = -1, needs >= 0."),
                bad(b -> b.rate(Double.NaN), "rate = NaN, needs a finite number >= 0."),
                bad(b -> b.rate(-1), "rate = -1.0, needs a finite number >= 0."),
                bad(b -> b.weightDecay(-1), "weightDecay = -1.0, needs >= 0."),
                bad(b -> b.labelSmoothing(1), "labelSmoothing = 1.0, needs 0 <= labelSmoothing < 1."),
                bad(b -> b.clipNorm(-1), "clipNorm = -1.0, needs >= 0; 0 switches clipping off."),
                bad(b -> b.checkpointEvery(-1), "checkpointEvery = -1, needs >= 0; 0 means at the ends of epochs only."),
                bad(b -> b.evalBatchSize(0), "evalBatchSize = 0, needs >= 1."),
                bad(b -> b.earlyStop(-1, 0), "patience = -1, needs >= 0; 0 switches early stopping off."),
                bad(b -> b.earlyStop(1, -1), "minDelta = -1.0, needs >= 0."));
    }

    private static Arguments bad(UnaryOperator<TrainConfig.Builder> change, String message) {
        return Arguments.of(change, "trainConfig: " + message);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void refusesNumbersOutOfRange(UnaryOperator<TrainConfig.Builder> change, String message) {
        TrainConfig.Builder builder = TrainConfig.builder("m", "d");
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> change.apply(builder).build()).getMessage());
    }

    @Test
    void earlyStopCountsEpochsSinceTheBest() {
        assertFalse(EarlyStop.reached(losses(1, 2, 3, 4), 0, 0));
        assertFalse(EarlyStop.reached(losses(), 1, 0));
        assertFalse(EarlyStop.reached(losses(3, 2, 2.5, 1.9), 2, 0));
        assertFalse(EarlyStop.reached(losses(3, 2, 2.5), 2, 0));
        assertTrue(EarlyStop.reached(losses(3, 2, 2.5, 2), 2, 0));
        assertTrue(EarlyStop.reached(losses(3, 2.95, 2.92), 2, 0.1));
        assertFalse(EarlyStop.reached(losses(3, 2.95, 2.89), 2, 0.1));
        assertTrue(EarlyStop.reached(losses(3, Double.NaN, Double.NaN), 2, 0));
    }

    private static List<EpochMetrics> losses(double... losses) {
        return java.util.Arrays.stream(losses).mapToObj(l -> new EpochMetrics(1, 1, 0, 0, l, 0, 0, 0, 1, 1)).toList();
    }
}
