package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Against numbers by hand and against scikit-learn 1.2.1. */
class ClassificationReportTest {
    private static final List<String> ABC = List.of("a", "b", "c");

    /** Label, then four times the logits of five classes; class 4 never occurs, class 2 is never predicted. */
    private static final String ROWS = """
            3 -8 -6 -199 12 -2, 0 2 6 -199 -5 -5, 1 0 14 -207 -8 8, 2 4 -1 -192 1 -5, 3 -8 -1 -208 2 -5, 3 -7 -5 -207 2 -7,
            3 -3 1 -206 1 3, 3 7 8 -196 9 1, 0 7 4 -205 6 6, 1 7 1 -192 -4 3, 2 0 3 -187 5 -1, 3 -5 4 -196 13 0, 0 4 -2 -196 -1 2,
            1 7 3 -204 1 1, 2 -8 -6 -190 -2 0, 2 -6 2 -188 -2 2, 2 -3 7 -190 1 0, 0 13 -3 -199 -4 4, 3 1 3 -202 -1 3, 2 4 4 -189 -4 -1,
            0 7 -2 -193 3 8, 0 3 -5 -195 -8 -7, 3 5 0 -194 11 1, 3 2 -8 -206 14 -2, 0 7 1 -195 3 -7, 0 12 8 -192 6 -7,
            3 -8 5 -198 6 -7, 3 -4 4 -198 5 7, 2 -8 -1 -190 8 -8, 2 4 1 -188 -6 8, 3 3 -3 -192 7 3, 0 8 -8 -200 -4 -3,
            0 9 6 -198 8 -1, 3 7 8 -194 13 5, 1 1 11 -205 -1 2, 0 -2 -7 -197 -4 -2, 0 12 4 -197 4 8, 3 -8 3 -207 6 -7,
            1 7 0 -196 -4 4, 0 9 -3 -201 -3 -3""";

    private static List<Prediction> rows() {
        List<Prediction> predictions = new ArrayList<>();
        for (String row : ROWS.split(",\\s*")) {
            double[] numbers = Arrays.stream(row.split(" ")).mapToDouble(Double::parseDouble).toArray();
            double[] logits = Arrays.stream(numbers).skip(1).map(z -> z / 4).toArray();
            predictions.add(Prediction.of(predictions.size(), (int) numbers[0], logits));
        }
        return predictions;
    }

    private static Prediction made(int index, int label, int predicted, double probability) {
        double own = label == predicted ? probability : (1 - probability) / 2;
        return new Prediction(index, label, predicted, probability, own, -Math.log(own), label == predicted ? 0 : 1);
    }

    private static void assertScores(double precision, double recall, double f1, long support, ClassificationReport.Scores actual) {
        assertEquals(precision, actual.precision(), 1e-15);
        assertEquals(recall, actual.recall(), 1e-15);
        assertEquals(f1, actual.f1(), 1e-15);
        assertEquals(support, actual.support());
    }

    @Test
    void figuresAreThoseOfScikitLearn() {
        ClassificationReport report = ClassificationReport.of(List.of("p", "q", "r", "s", "t"), rows());
        assertArrayEquals(new long[][] {{11, 1, 0, 0, 1}, {3, 2, 0, 0, 0}, {2, 2, 0, 2, 2}, {0, 1, 0, 11, 2}, {0, 0, 0, 0, 0}},
                report.confusion().counts());
        assertScores(0.6875, 0.8461538461538461, 0.7586206896551724, 13, report.scores().get(0));
        assertScores(0.3333333333333333, 0.4, 0.3636363636363636, 5, report.scores().get(1));
        assertScores(0, 0, 0, 8, report.scores().get(2));
        assertScores(0.8461538461538461, 0.7857142857142857, 0.8148148148148148, 14, report.scores().get(3));
        assertScores(0, 0, 0, 0, report.scores().get(4));
        assertScores(0.37339743589743585, 0.40637362637362634, 0.3874143736212702, 40, report.macro());
        assertScores(0.5612580128205128, 0.6, 0.5771914547776615, 40, report.weighted());
        assertEquals(0.6, report.top1());
        assertEquals(1, report.top5());
        assertEquals(0.775, rows().stream().filter(p -> p.rank() < 3).count() / 40.0);
        assertEquals(10.417072577251432, report.loss(), 1e-12);
        assertEquals(0.1464319921776527, report.calibrationError(), 1e-15, "by numpy, of the definition");
    }

    @Test
    void calibrationByHand() {
        // Bins of a fifteenth: 0.6 is the upper end of bin 9, 0.61 lies in bin 10, 1.0 in bin 15.
        List<Prediction> predictions = List.of(made(0, 0, 0, 0.6), made(1, 0, 1, 0.6), made(2, 2, 2, 0.61), made(3, 1, 0, 1.0));
        double expected = (Math.abs(1 - 1.2) + Math.abs(1 - 0.61) + Math.abs(0 - 1.0)) / 4;
        assertEquals(expected, ClassificationReport.of(ABC, predictions).calibrationError(), 1e-15);
    }

    @Test
    void topFiveCountsFromSixClassesOn() {
        double[] logits = {6, 5, 4, 3, 2, 1};
        List<Prediction> predictions = List.of(Prediction.of(0, 4, logits), Prediction.of(1, 5, logits));
        assertEquals(0.5, ClassificationReport.of(List.of("0", "1", "2", "3", "4", "5"), predictions).top5());
    }

    @Test
    void tiesGoToTheSmallerClass() {
        Prediction p = Prediction.of(0, 2, new double[] {1, 3, 3});
        assertEquals(1, p.predicted());
        assertEquals(1, p.rank());
        assertFalse(p.correct());
        assertTrue(Prediction.of(0, 1, new double[] {1, 3, 3}).correct());
    }

    @Test
    void viewsAreAveragedAfterTheSoftmax() {
        // Softmax (3/4, 1/4) and (1/10, 9/10): mean (0.425, 0.575); the mean logits would give (0.366, 0.634).
        Prediction p = Prediction.of(7, 0, new double[] {Math.log(3), 0}, new double[] {0, Math.log(9)});
        assertEquals(1, p.predicted());
        assertEquals(0.575, p.probability(), 1e-15);
        assertEquals(0.425, p.labelProbability(), 1e-15);
        assertEquals(-Math.log(0.425), p.loss(), 1e-15);
        assertEquals(1, p.rank());
    }

    @Test
    void lossOfHopelessSamplesIsFinite() {
        assertEquals(2000, Prediction.of(0, 1, new double[] {1000, -1000}).loss());
        assertEquals(2000, Prediction.of(0, 1, new double[] {1000, -1000}, new double[] {1000, -1000}).loss(), 1e-9);
        assertEquals(0, Prediction.of(0, 0, new double[] {1000, -1000}).loss());
    }

    @Test
    void mostConfusedPairsAndWorstMistakesAreInOrder() {
        List<Prediction> predictions = List.of(made(0, 0, 1, 0.9), made(1, 0, 1, 0.5), made(2, 1, 2, 0.8), made(3, 2, 0, 0.95),
                made(4, 2, 2, 0.7), made(5, 1, 1, 0.4), made(6, 0, 0, 0.4), made(7, 0, 0, 0.4));
        Confusion confusion = Confusion.of(3, predictions);
        assertEquals(List.of(new Confusion.Pair(0, 1, 2, 0.5), new Confusion.Pair(1, 2, 1, 0.5), new Confusion.Pair(2, 0, 1, 0.5)),
                confusion.mostConfused(10));
        assertEquals(1, confusion.mostConfused(1).size());
        assertEquals(List.of(3, 0, 2), ClassificationReport.worstMistakes(predictions, 3).stream().map(Prediction::index).toList());
    }

    @Property(tries = 200)
    void averagesAndSumsAgreeWithEachOther(@ForAll @Size(min = 1, max = 60) List<@IntRange(max = 24) Integer> cells) {
        List<Prediction> predictions = new ArrayList<>();
        for (int cell : cells) {
            predictions.add(made(predictions.size(), cell / 5, cell % 5, 0.5));
        }
        ClassificationReport report = ClassificationReport.of(List.of("a", "b", "c", "d", "e"), predictions);
        assertEquals(report.top1(), report.weighted().recall(), 1e-12, "weighted recall is accuracy");
        assertEquals(cells.size(), report.confusion().samples());
        assertEquals(cells.size(), report.scores().stream().mapToLong(ClassificationReport.Scores::support).sum());
        long wrong = report.confusion().mostConfused(25).stream().mapToLong(Confusion.Pair::count).sum();
        assertEquals(cells.size() * (1 - report.top1()), wrong, 1e-9);
        assertTrue(report.macro().f1() >= 0 && report.macro().f1() <= 1);
    }

    @Test
    void wrongInputIsExplained() {
        assertEquals("prediction: label 3 of sample 5, classes are 0..2.",
                assertThrows(IllegalArgumentException.class, () -> Prediction.of(5, 3, new double[3])).getMessage());
        assertEquals("prediction: logit of class 1 is NaN for sample 17 (must be finite). The weights are damaged, or training diverged.",
                assertThrows(TrainingException.class, () -> Prediction.of(17, 0, new double[] {0, Double.NaN})).getMessage());
        assertEquals("report: 0 predictions, 3 classes, needs one of both at least.",
                assertThrows(IllegalArgumentException.class, () -> ClassificationReport.of(ABC, List.of())).getMessage());
        assertEquals("confusion: sample 1 has label 3 and prediction 0, classes are 0..2.", assertThrows(IllegalArgumentException.class,
                () -> ClassificationReport.of(ABC, List.of(made(1, 3, 0, 0.5)))).getMessage());
    }
}
