package dev.lamina.features.words;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.features.Both;
import dev.lamina.features.FitListener;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class KMeansTest {
    @Property(tries = 40)
    void inertiaNeverRises(@ForAll @IntRange(min = 1, max = 12) int k, @ForAll @IntRange(max = 1000) int salt) {
        Tensor points = Both.normal(salt, 60, 3);
        List<Double> inertia = new KMeans(k).withTolerance(0).withSeed(salt).fit(Both.REFERENCE, points, FitListener.NONE).inertia();
        for (int i = 1; i < inertia.size(); i++) {
            // Assignment compares float32 scores, so a tie within their rounding may go either way.
            assertTrue(inertia.get(i) <= inertia.get(i - 1) * (1 + 1e-6), inertia.toString());
        }
    }

    @Test
    void separateBlobsAreFound() {
        float[] points = new float[300 * 2];
        float[] noise = Both.normal(9, 300, 2).toFloats();
        for (int i = 0; i < 300; i++) {
            points[2 * i] = 10 * (i % 3) + noise[2 * i] * 0.1f;
            points[2 * i + 1] = i % 3 == 1 ? 10 : 0;
        }
        Tensor x = Tensor.of(points, 300, 2);
        KMeans.Result found = new KMeans(3).fit(Both.CPU, x, FitListener.NONE);
        int[] owner = KMeans.assign(Both.CPU, x, found.centres());
        for (int i = 3; i < 300; i++) {
            assertEquals(owner[i % 3], owner[i]);
        }
    }

    /** Seeds are one point of each pair; they move to 0.5 and 10.5 (0.5 squared distance moved in all), then not at all. */
    @Test
    void iterationsEndWhenTheCentresRest() {
        Tensor points = Tensor.of(new float[] {0, 1, 10, 11}, 4, 1);
        KMeans.Result found = new KMeans(2).fit(Both.REFERENCE, points, FitListener.NONE);
        assertEquals(List.of(2.0, 1.0), found.inertia());
        // Variance of 0, 1, 10, 11 is 25.25: a tolerance of 0.02 takes 0.505 for rest, one of 0.019 takes 0.48.
        assertEquals(List.of(2.0), new KMeans(2).withTolerance(0.02).fit(Both.REFERENCE, points, FitListener.NONE).inertia());
        assertEquals(List.of(2.0, 1.0), new KMeans(2).withTolerance(0.019).fit(Both.REFERENCE, points, FitListener.NONE).inertia());
    }

    /** With a first seed at 0, a second at 1 leaves 0 + 0 + 81, one at 10 leaves 0 + 1 + 0. */
    @Test
    void theBestOfSeveralCandidatesIsTheNextSeed() {
        Tensor points = Tensor.of(new float[] {0, 1, 10}, 3, 1);
        assertEquals(2, ResidentRows.candidates(2));
        assertEquals(7, ResidentRows.candidates(200));
        for (var backend : List.of(Both.REFERENCE, Both.CPU)) {
            try (ResidentRows rows = new ResidentRows(backend, points, 2)) {
                assertArrayEquals(new float[] {0, 1, 100}, rows.leastDistances(points.select(0, 0), true));
                assertEquals(2, rows.best(new int[] {1, 2}));
                assertEquals(2, rows.best(new int[] {2, 1}));
                assertEquals(1, rows.best(new int[] {1, 1}));
                assertArrayEquals(new float[] {0, 1, 0}, rows.leastDistances(points.select(0, 2), false));
            }
        }
    }

    @Test
    void tiesGoToTheLowestIndex() {
        Tensor centres = Tensor.of(new float[] {1, 0, -1, 0, 0, 1, 1, 0}, 4, 2);
        Tensor points = Tensor.of(new float[] {0, 0, 0, -3, 2, 0, 1, 1, -1, 1}, 5, 2);
        for (var backend : List.of(Both.REFERENCE, Both.CPU)) {
            assertArrayEquals(new int[] {0, 0, 0, 0, 1}, KMeans.assign(backend, points, centres));
        }
    }

    @Test
    void anEmptyClusterTakesTheFarthestPoint() {
        float[] points = {0, 1, 2, 30, 29};
        Clusters clusters = new Clusters(points, 1, new float[] {0, 100, 25});
        double inertia = clusters.gather(new int[] {0, 0, 0, 2, 2});
        assertEquals(0 + 1 + 4 + 25 + 16, inertia);
        assertEquals(1, clusters.refill());
        clusters.move();
        assertArrayEquals(new float[] {1, 30, 29}, clusters.centres().toFloats(), "30 is farthest, and its old cluster keeps 29");
    }

    @Test
    void aPointAloneInItsClusterIsNotTaken() {
        Clusters clusters = new Clusters(new float[] {0, 1, 50}, 1, new float[] {0, 60, 90});
        clusters.gather(new int[] {0, 0, 1});
        assertEquals(1, clusters.refill());
        clusters.move();
        assertArrayEquals(new float[] {0, 50, 1}, clusters.centres().toFloats());
    }

    @Test
    void oneSeedGivesOneCodebookOnBothBackends() {
        Tensor points = Both.normal(3, 500, 6);
        KMeans options = new KMeans(12).withSeed(5);
        Tensor first = options.fit(Both.CPU, points, FitListener.NONE).centres();
        assertArrayEquals(first.toFloats(), options.fit(Both.CPU, points, FitListener.NONE).centres().toFloats());
        assertEquals(0, Both.difference(first, options.fit(Both.REFERENCE, points, FitListener.NONE).centres()), 1e-5);
    }

    @Test
    void miniBatchesComeNearTheWholeResult() {
        Tensor points = Both.normal(3, 2000, 2);
        KMeans options = new KMeans(8).withSeed(5);
        Tensor small = options.withMiniBatch(100).withIterations(200).fit(Both.CPU, points, FitListener.NONE).centres();
        Tensor whole = options.fit(Both.CPU, points, FitListener.NONE).centres();
        assertTrue(inertia(points, small) < 1.15 * inertia(points, whole), inertia(points, small) + " and " + inertia(points, whole));
    }

    private static double inertia(Tensor points, Tensor centres) {
        int[] owner = KMeans.assign(Both.CPU, points, centres);
        int d = (int) points.shape().dim(1);
        return IntStream.range(0, owner.length * d)
                .mapToDouble(i -> Math.pow(points.get(i / d, i % d) - centres.get(owner[i / d], i % d), 2)).sum();
    }

    @Test
    void moreClustersThanPointsAreRefused() {
        assertEquals("kMeans: k = 5, only 4 points exist.", assertThrows(IllegalArgumentException.class,
                () -> new KMeans(5).fit(Both.REFERENCE, Both.normal(1, 4, 2), FitListener.NONE)).getMessage());
        Tensor same = Tensor.of(new float[] {1, 2, 1, 2, 7, 7, 1, 2}, 4, 2);
        assertEquals("kMeans: k = 3, only 2 points differ by more than float32 rounding.", assertThrows(IllegalArgumentException.class,
                () -> new KMeans(3).fit(Both.REFERENCE, same, FitListener.NONE)).getMessage());
    }
}
