package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.backend.CompileOptions.Precision;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TrainConfigTest {
    private static final TrainConfig CONFIG = TrainConfig.builder("lenet", "digits").batchSize(32).epochs(5).seed(-3).optimizer("adam")
            .rate(1e-3).schedule("cosine").weightDecay(1e-4).labelSmoothing(0.1).clipNorm(1).checkpointEvery(100).evalBatchSize(500)
            .earlyStop(3, 1e-4).precision(Precision.BFLOAT16).options(Map.of("data-dir", "x")).build();

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

    static List<Arguments> wrong() {
        return List.of(
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
        TrainConfig.Builder builder = change.apply(TrainConfig.builder("m", "d"));
        assertEquals(message, assertThrows(IllegalArgumentException.class, builder::build).getMessage());
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
