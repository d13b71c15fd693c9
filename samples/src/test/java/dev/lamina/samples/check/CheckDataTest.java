package dev.lamina.samples.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Samples that are brought to a model's input. */
class CheckDataTest {
    private final Dataset digits = Digits.split(1, 20, 10).train();

    @Test
    void samplesOfTheModelsShapeAreTakenAsTheyAre() {
        CheckData data = CheckData.fit(digits, Shape.of(1, 28, 28), 10, false, 1);
        assertEquals(digits, data.samples());
        assertEquals("digits", data.description());
    }

    @Test
    void otherShapesShowTheNearestPixelsAndNoTwoChannelsAreEqual() {
        CheckData data = CheckData.fit(digits, Shape.of(3, 56, 14), 10, true, 1);
        assertTrue(data.description().contains("brought from [1, 28, 28] to [3, 56, 14]"), data.description());
        Tensor before = Tensor.zeros(DType.UINT8, Shape.of(1, 28, 28));
        Tensor after = Tensor.zeros(DType.UINT8, Shape.of(3, 56, 14));
        digits.read(3, before);
        data.samples().read(3, after);
        assertEquals(before.get(0, 10, 12), after.get(0, 21, 6));
        assertEquals(before.get(0, 10, 13), after.get(1, 21, 6));
        assertEquals(before.get(0, 10, 14), after.get(2, 21, 6));
        assertEquals(digits.label(3), data.samples().label(3));
    }

    @Test
    void fewerClassesThanTheDefaultDataGetDrawnNumbersAndThatIsSaid() {
        CheckData data = CheckData.fit(digits, Shape.of(1, 8, 8), 3, false, 1);
        assertTrue(data.description().startsWith("drawn numbers, since digits has 10 classes and the model 3"), data.description());
        long[] labels = new Batches(data.samples(), 50).apply(0).get("labels").toLongs();
        assertEquals(3, Arrays.stream(labels).distinct().count());
        assertTrue(Arrays.stream(labels).allMatch(l -> l >= 0 && l < 3));
    }

    @Test
    void dataThatTheUserNamedIsNotReplaced() {
        String message = assertThrows(IllegalArgumentException.class, () -> CheckData.fit(digits, Shape.of(1, 8, 8), 3, true, 1))
                .getMessage();
        assertEquals("check: data \"digits\" has 10 classes, the model 3. Give --classes 10, or other data.", message);
    }

    @Test
    void aStepAlwaysGetsTheSameBatchAndBatchesGoRoundTheSet() {
        Batches batches = new Batches(digits, 8);
        Map<String, Tensor> third = batches.apply(2);
        assertEquals(third.get("images").toString(), batches.apply(2).get("images").toString());
        assertEquals(digits.label(0), third.get("labels").getLong(4), "sample 20 of 20 is the first again");
        assertNotEquals(Arrays.toString(batches.apply(0).get("labels").toLongs()), Arrays.toString(third.get("labels").toLongs()));
    }
}
