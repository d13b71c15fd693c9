package dev.lamina.vision;

import static dev.lamina.vision.VocEvaluation.Outcome.DUPLICATE;
import static dev.lamina.vision.VocEvaluation.Outcome.HIT;
import static dev.lamina.vision.VocEvaluation.Outcome.IGNORED;
import static dev.lamina.vision.VocEvaluation.Outcome.MISS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.Philox;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class VocEvaluationTest {
    private static final Box A = new Box(0, 0, 9, 9);
    private static final Box B = new Box(30, 0, 39, 9);
    private static final List<String> ONE = List.of("cell");

    private static Truth truth(Box box) {
        return new Truth(0, box, false);
    }

    private static Detection at(int image, Box box, double score) {
        return new Detection(image, 0, box, score);
    }

    private static List<VocEvaluation.Outcome> outcomes(List<List<Truth>> truths, Detection... detections) {
        return VocEvaluation.voc().evaluate(ONE, truths, List.of(detections)).classes().getFirst().judged().stream()
                .map(VocEvaluation.Judged::outcome).toList();
    }

    /** The specification's ranking out of boxes: hits, misses and one duplicate, five truths in two images. */
    @Test
    void workedExample() {
        List<List<Truth>> truths = List.of(List.of(truth(A), truth(B), truth(A.shift(0, 50))), List.of(truth(A), truth(B)));
        Box nowhere = new Box(100, 100, 109, 109);
        VocEvaluation.Result result = VocEvaluation.voc().evaluate(ONE, truths, List.of(
                at(1, nowhere, 0.1), at(0, A, 0.8), at(0, A.shift(1, 0), 0.7), at(1, A, 0.6), at(1, B, 0.5), at(0, nowhere, 0.4),
                at(1, nowhere, 0.3), at(0, B, 0.2)));
        VocEvaluation.ClassResult cell = result.classes().getFirst();
        assertEquals(List.of(HIT, DUPLICATE, HIT, HIT, MISS, MISS, HIT, MISS),
                cell.judged().stream().map(VocEvaluation.Judged::outcome).toList());
        assertEquals(0.649351, cell.elevenPoint().orElseThrow(), 5e-7);
        assertEquals(0.614286, cell.allPoint().orElseThrow(), 5e-7);
        assertEquals(5, cell.truths());
        assertEquals(3, cell.count(MISS));
        assertEquals(1, cell.judged().getFirst().overlap());
    }

    /** Half of the larger box: 50 of 100 pixels with inclusive corners, 36 of 81 without. */
    @Test
    void oneHalfIsEnoughAndPixelsAreInclusive() {
        List<List<Truth>> truths = List.of(List.of(truth(A)));
        Detection half = at(0, new Box(0, 0, 4, 9), 1);
        assertEquals(List.of(HIT), outcomes(truths, half));
        assertEquals(List.of(MISS), outcomes(truths, at(0, new Box(0, 0, 3, 9), 1)));
        VocEvaluation continuous = new VocEvaluation(0.5, Box.Extent.CONTINUOUS);
        assertEquals(1, continuous.evaluate(ONE, truths, List.of(half)).classes().getFirst().count(MISS));
    }

    /** VOC looks at the nearest truth alone: the second detection does not turn to a free one that it overlaps less. */
    @Test
    void onlyTheNearestTruthCounts() {
        List<List<Truth>> truths = List.of(List.of(truth(A), truth(A.shift(3, 0))));
        assertEquals(List.of(HIT, DUPLICATE), outcomes(truths, at(0, A, 0.9), at(0, A.shift(1, 0), 0.8)));
        assertEquals(List.of(HIT, HIT), outcomes(truths, at(0, A, 0.9), at(0, A.shift(2, 0), 0.8)));
    }

    @Test
    void difficultTruthsCountNeitherWay() {
        List<List<Truth>> truths = List.of(List.of(new Truth(0, A, true), truth(B)));
        assertEquals(List.of(IGNORED, IGNORED, HIT), outcomes(truths, at(0, A, 3), at(0, A, 2), at(0, B, 1)));
        VocEvaluation.ClassResult result = VocEvaluation.voc().evaluate(ONE, truths, List.of(at(0, A, 3), at(0, B, 1))).classes()
                .getFirst();
        assertEquals(1, result.truths());
        assertEquals(1, result.difficult());
        assertEquals(OptionalDouble.of(1), result.allPoint());
    }

    @Test
    void classesAreApartAndTheMeanIsOfThoseWithTruths() {
        List<List<Truth>> truths = List.of(List.of(new Truth(0, A, false), new Truth(1, B, false)));
        VocEvaluation.Result result = VocEvaluation.voc().evaluate(List.of("a", "b", "none"), truths,
                List.of(new Detection(0, 0, A, 1), new Detection(0, 1, A, 1), new Detection(0, 2, A, 1)));
        assertEquals(OptionalDouble.of(1), result.classes().get(0).allPoint());
        assertEquals(OptionalDouble.of(0), result.classes().get(1).allPoint());
        assertEquals(OptionalDouble.empty(), result.classes().get(2).allPoint());
        assertEquals(OptionalDouble.of(0.5), result.allPoint());
        assertEquals(OptionalDouble.of(0.5), result.elevenPoint());
        assertEquals(OptionalDouble.empty(), VocEvaluation.voc().evaluate(ONE, List.of(List.of()), List.of()).allPoint());
    }

    /** Equal scores: by image, then as given. */
    @Test
    void tiesHaveAnOrder() {
        List<List<Truth>> truths = List.of(List.of(truth(A)), List.of());
        assertEquals(List.of(HIT, DUPLICATE, MISS), outcomes(truths, at(1, B, 1), at(0, A, 1), at(0, A.shift(1, 0), 1)));
    }

    @Test
    void errorsNameWhatIsOutside() {
        VocEvaluation voc = VocEvaluation.voc();
        Exception label = assertThrows(IllegalArgumentException.class,
                () -> voc.evaluate(ONE, List.of(List.of(new Truth(1, A, false))), List.of()));
        assertEquals("evaluation: label 1, classes are 0..0.", label.getMessage());
        Exception image = assertThrows(IllegalArgumentException.class,
                () -> voc.evaluate(ONE, List.of(List.of()), List.of(at(1, A, 0))));
        assertEquals("evaluation: detection in image 1, images are 0..0.", image.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new VocEvaluation(0, Box.Extent.INCLUSIVE));
        assertThrows(IllegalArgumentException.class, () -> at(0, A, Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> at(-1, A, 0));
    }

    /** With scores that differ, the order in which detections are given means nothing; finding all truths gives 1. */
    @Property(tries = 100, seed = "41")
    void orderGivenMeansNothing(@ForAll int seed) {
        Philox.Stream random = new Philox.Stream(seed, 0, 0);
        List<List<Truth>> truths = new ArrayList<>();
        List<Detection> detections = new ArrayList<>();
        List<Detection> perfect = new ArrayList<>();
        for (int image = 0; image < 4; image++) {
            List<Truth> here = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                Box box = new Box(40 * i, 0, 40 * i + 5 + random.nextInt(20), 5 + random.nextInt(20));
                here.add(new Truth(random.nextInt(2), box, random.nextInt(4) == 0));
                perfect.add(new Detection(image, here.getLast().label(), box, 1));
                for (int k = random.nextInt(3); k > 0; k--) {
                    detections.add(new Detection(image, random.nextInt(2), box.shift(random.nextInt(9), 0), random.nextUniform()));
                }
            }
            truths.add(here);
        }
        List<String> names = List.of("a", "b");
        VocEvaluation.Result result = VocEvaluation.voc().evaluate(names, truths, detections);
        Collections.reverse(detections);
        assertEquals(result, VocEvaluation.voc().evaluate(names, truths, detections));
        for (VocEvaluation.ClassResult c : result.classes()) {
            assertTrue(c.count(HIT) <= c.truths());
        }
        VocEvaluation.voc().evaluate(names, truths, perfect).classes().stream().filter(c -> c.truths() > 0)
                .forEach(c -> assertEquals(OptionalDouble.of(1), c.elevenPoint()));
    }
}
