package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChannelSumTest {
    private static final Team ONE = Team.single();
    private static final long[][] SHAPES = {{2, 3, 7, 6}, {1, 1, 5, 5}, {4, 6, 1, 1}, {3, 16, 5, 5}, {2, 17, 4, 4}, {2, 32, 3, 7},
        {2, 48, 3, 3}, {1, 65, 2, 3}, {2, 1000, 2, 1}, {0, 3, 4, 4},
        {3, 16, 64, 70}, {70, 20, 9, 9}, {40, 3, 33, 31}, {3, 65, 21, 20}, {300, 10, 1, 1}};

    @AfterEach
    void free() {
        SpatialMemory.free();
    }

    private static double[] sums(Images images, double[] g) {
        int map = (int) (images.h() * images.w());
        double[] sums = new double[(int) images.c()];
        for (int i = 0; i < g.length; i++) {
            sums[i / map % sums.length] += g[i];
        }
        return sums;
    }

    @Test
    void sumsEveryChannel() {
        try (SpatialTeam two = new SpatialTeam(2)) {
            for (Images images : SpatialCases.images(SHAPES)) {
                for (Team team : List.of(ONE, two)) {
                    double[] g = SpatialMemory.noise(images, 1);
                    SpatialMemory sums = SpatialMemory.numbers(images.c());
                    ChannelSum.of(team, images, new SpatialMemory(images, g).pointer(), sums.pointer()).run();
                    SpatialChecks.assertClose(sums(images, g), sums.plain(), (double) images.n() * images.h() * images.w(),
                            "sums of " + images);
                }
            }
        }
    }

    @Test
    void rectifiesBeforeSumming() {
        try (SpatialTeam two = new SpatialTeam(2)) {
            for (Images images : SpatialCases.images(SHAPES)) {
                for (Team team : List.of(ONE, two)) {
                    double[] g = SpatialMemory.noise(images, 1);
                    double[] y = SpatialMemory.noise(images, 2);
                    double[] passed = g.clone();
                    Arrays.setAll(passed, i -> y[i] > 0 ? g[i] : 0);
                    Arrays.setAll(g, i -> i % 7 == 0 && y[i] <= 0 ? Double.NaN : g[i]);
                    SpatialMemory sums = SpatialMemory.numbers(images.c());
                    SpatialMemory memory = new SpatialMemory(images, g);
                    ChannelSum.ofRectified(team, images, memory.pointer(), new SpatialMemory(images, y).pointer(), sums.pointer()).run();
                    assertArrayEquals(passed, memory.plain(), "passed gradient of " + images);
                    SpatialChecks.assertClose(sums(images, passed), sums.plain(), (double) images.n() * images.h() * images.w(),
                            "sums of " + images);
                }
            }
        }
    }

    @Test
    void doesNotDependOnThreads() {
        try (SpatialTeam three = new SpatialTeam(3)) {
            for (Images images : SpatialCases.images(SHAPES)) {
                Pointer g = new SpatialMemory(images, SpatialMemory.noise(images, 1)).pointer();
                SpatialMemory expected = SpatialMemory.numbers(images.c());
                SpatialMemory actual = SpatialMemory.numbers(images.c());
                ChannelSum.of(ONE, images, g, expected.pointer()).run();
                ChannelSum.of(three, images, g, actual.pointer()).run();
                SpatialChecks.assertSameBits(expected, actual, "sums of " + images);
            }
        }
    }

    @Test
    void allocatesNothing() {
        for (Images images : SpatialCases.images(new long[][] {{6, 35, 13, 12}})) {
            Pointer g = new SpatialMemory(images, SpatialMemory.noise(images, 1)).pointer();
            Pointer sums = SpatialMemory.numbers(images.c()).pointer();
            SpatialChecks.assertAllocatesNothing(ChannelSum.of(ONE, images, g, sums), "sums of " + images);
            SpatialChecks.assertAllocatesNothing(ChannelSum.ofRectified(ONE, images, g, g, sums), "rectified sums of " + images);
        }
    }
}
