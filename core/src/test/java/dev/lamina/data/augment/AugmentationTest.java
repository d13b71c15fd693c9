package dev.lamina.data.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.Fit;
import dev.lamina.data.InMemoryDataset;
import dev.lamina.io.Image;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {
    private static final Step.Target SMALL = new Step.Target(2, 2, null);

    private static Image image(int channels, int h, int w, int... values) {
        byte[] pixels = new byte[channels * h * w];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) values[i % values.length];
        }
        return new Image(channels, h, w, pixels);
    }

    private static int[] values(byte[] pixels) {
        int[] values = new int[pixels.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = pixels[i] & 0xff;
        }
        return values;
    }

    private static Philox.Stream random(int index) {
        return new Philox.Stream(3, 0, index);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "crop:4+flip:0.5", "resize:256+crop:0+flip:0.5+pca:0.1", "rrc:0.08,1,0.75,1.3333333333333333+cutout:16",
        "jitter:0.4,0.4,0.4,0.1+mixup:0.2", "flip:0.5+cutmix:1"})
    void textComesBackAsItWas(String text) {
        assertEquals(text, Augmentation.parse(text).text());
        assertEquals(text, Augmentation.parse(Augmentation.parse(text).text()).text());
    }

    /** Whatever is typed is read or refused in one short line. */
    @Test
    void thirtyThousandMutantsOfTextsAreReadOrExplained() {
        String[] seeds = {"crop:4+flip+jitter:0.4,0.4,0.4,0.1+cutout:16+mixup:0.2", "rrc:0.08,1,0.75,1.33+pca:0.1",
                "resize:256+crop+cutmix:1"};
        String alphabet = "+:,.-0123456789e \u0000\u00e9abcfijlmnoprtuxz";
        Philox.Stream random = new Philox.Stream(1, 2, 3);
        int read = 0;
        for (int round = 0; round < 30_000; round++) {
            StringBuilder text = new StringBuilder(seeds[random.nextInt(seeds.length)]);
            for (int change = random.nextInt(4); change >= 0; change--) {
                int at = random.nextInt(text.length() + 1);
                char c = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, c);
                    case 1 -> text.delete(Math.max(0, at - 1), at);
                    default -> text.replace(Math.max(0, at - 1), at, text.substring(0, at));
                }
            }
            try {
                Augmentation parsed = Augmentation.parse(text.toString());
                assertEquals(parsed.text(), Augmentation.parse(parsed.text()).text());
                read++;
            } catch (IllegalArgumentException e) {
                assertTrue(e.getMessage().startsWith("augment") && e.getMessage().length() < 300 && e.getMessage().endsWith("."),
                        e.getMessage());
                assertTrue(e.getMessage().chars().noneMatch(Character::isISOControl), e.getMessage());
            }
        }
        assertTrue(read > 1000 && read < 29_000, read + " were read");
    }

    @Test
    void croppingTakesEveryPlaceAndPadsWithBlack() {
        Image image = image(1, 2, 2, 1, 2, 3, 4);
        boolean[] places = new boolean[9];
        for (int i = 0; i < 200; i++) {
            int[] out = values(new RandomCrop(1).apply(image, random(i), SMALL).pixels());
            int[][] possible = {{0, 0, 0, 1}, {0, 0, 1, 2}, {0, 0, 2, 0}, {0, 1, 0, 3}, {1, 2, 3, 4}, {2, 0, 4, 0}, {0, 3, 0, 0},
                {3, 4, 0, 0},
                {4, 0, 0, 0}};
            for (int k = 0; k < 9; k++) {
                places[k] |= Arrays.equals(possible[k], out);
            }
            assertTrue(Arrays.stream(possible).anyMatch(p -> Arrays.equals(p, out)), Arrays.toString(out));
        }
        for (boolean seen : places) {
            assertTrue(seen);
        }
        assertSame(image, new RandomCrop(0).apply(image, random(0), SMALL));
    }

    @Test
    void flippingMirrorsRowsHalfOfTheTime() {
        Image image = image(2, 1, 3, 1, 2, 3, 7, 8, 9);
        assertArrayEquals(new int[] {3, 2, 1, 9, 8, 7}, values(new Flip(1).apply(image, random(0), SMALL).pixels()));
        assertSame(image, new Flip(0).apply(image, random(0), SMALL));
        int flips = 0;
        for (int i = 0; i < 10_000; i++) {
            flips += new Flip(0.5).apply(image, random(i), SMALL) == image ? 0 : 1;
        }
        assertEquals(5000, flips, 150, "three standard errors");
    }

    @Test
    void cutoutBlackensASquareThatIsCutAtTheBorders() {
        Image image = image(3, 8, 8, 9);
        int least = 64;
        for (int i = 0; i < 300; i++) {
            int[] out = values(new Cutout(4).apply(image, random(i), SMALL).pixels());
            int black = 0;
            for (int p = 0; p < 64; p++) {
                assertEquals(out[p], out[64 + p]);
                assertEquals(out[p], out[128 + p]);
                black += out[p] == 0 ? 1 : 0;
            }
            assertTrue(black <= 16 && black >= 4, black + "");
            least = Math.min(least, black);
        }
        assertEquals(4, least);
        assertEquals(9, image.pixels()[0], "the image itself is left alone");
    }

    @Test
    void randomResizedCropStaysWithinAreaAndRatio() {
        Image ramp = image(1, 64, 48, 5);
        assertArrayEquals(new int[] {5, 5, 5, 5}, values(new RandomResizedCrop(0.08, 1, 0.75, 4.0 / 3).apply(ramp, random(1), SMALL)
                .pixels()));
        Image tiny = image(1, 1, 40, 7);
        Image fallback = new RandomResizedCrop(1, 1, 0.75, 4.0 / 3).apply(tiny, random(2), SMALL);
        assertArrayEquals(new int[] {7, 7, 7, 7}, values(fallback.pixels()));
        byte[] halves = new byte[16];
        Arrays.fill(halves, 8, 16, (byte) 100);
        Image whole = new RandomResizedCrop(1, 1, 1, 1).apply(new Image(1, 4, 4, halves), random(0), SMALL);
        assertArrayEquals(values(new Image(1, 4, 4, halves).resize(2, 2).pixels()), values(whole.pixels()), "all of a square image");
    }

    /** Worked by hand from torchvision's formulas: fractions are dropped, grey is 0.2989 r + 0.587 g + 0.114 b without fraction. */
    @Test
    void jitterFollowsTorchvisionsFormulas() {
        byte[] pixels = image(3, 1, 2, 100, 200, 50, 150, 10, 255).pixels();
        byte[] bright = pixels.clone();
        Jitter.brighten(bright, 1.5f, true);
        assertArrayEquals(new int[] {150, 255, 75, 225, 15, 255}, values(bright));
        byte[] grey = pixels.clone();
        Jitter.saturate(grey, 0, true);
        assertArrayEquals(new int[] {60, 176, 60, 176, 60, 176}, values(grey), "29.89 + 29.35 + 1.14; 59.78 + 88.05 + 29.07");
        byte[] half = pixels.clone();
        Jitter.saturate(half, 0.5f, true);
        assertArrayEquals(new int[] {80, 188, 55, 163, 35, 215}, values(half));
        byte[] flat = pixels.clone();
        Jitter.contrast(flat, 3, 0.5f, true);
        assertArrayEquals(new int[] {109, 159, 84, 134, 64, 186}, values(flat), "half of each and half of the mean 118");
        byte[] single = {100, 50};
        Jitter.contrast(single, 1, 2, true);
        assertArrayEquals(new int[] {125, 25}, values(single));
    }

    @Test
    void aThirdOfTheCircleOfHuesTurnsRedToGreenAndGreenToBlue() {
        byte[] pixels = image(3, 1, 3, 255, 0, 77, 0, 255, 77, 0, 0, 77).pixels();
        Hue.shift(pixels, 1 / 3f, true);
        assertArrayEquals(new int[] {0, 0, 77, 255, 0, 77, 0, 255, 77}, values(pixels), "grey has no hue");
        byte[] orange = {(byte) 200, 100, 50};
        Hue.shift(orange, 0, true);
        assertArrayEquals(new int[] {200, 100, 50}, values(orange));
        Hue.shift(orange, 0.5f, true);
        assertArrayEquals(new int[] {50, 150, 200}, values(orange));
    }

    @Test
    void jitterDrawsFactorsInTheirRanges() {
        Image image = image(3, 1, 1, 100);
        int least = 255;
        int most = 0;
        for (int i = 0; i < 2000; i++) {
            int value = values(new Jitter(0.4, 0, 0, 0).apply(image, random(i), SMALL).pixels())[0];
            least = Math.min(least, value);
            most = Math.max(most, value);
        }
        assertTrue(least >= 60 && least <= 61 && most >= 138 && most <= 140, least + " " + most);
        assertEquals(100, values(new Jitter(0, 0, 0, 0).apply(image, random(1), SMALL).pixels())[0]);
    }

    @Test
    void colourAxesAreEigenpairsOfTheCovariance() {
        byte[] pixels = image(3, 1, 2, 0, 20, 0, 20, 10, 10).pixels();
        InMemoryDataset data = new InMemoryDataset("x", Tensor.ofBytes(pixels, 1, 3, 1, 2), Tensor.of(new int[] {0}, 1), List.of("a"));
        ColourAxes axes = ColourAxes.of(data);
        assertEquals(200, axes.variances().get(0), 1e-9, "red and green together: 100 each");
        assertEquals(0, axes.variances().get(1), 1e-9);
        assertEquals(Math.sqrt(0.5), axes.axes().getFirst().get(0), 1e-12);
        assertEquals(Math.sqrt(0.5), axes.axes().getFirst().get(1), 1e-12);
        assertEquals(0, axes.axes().getFirst().get(2), 1e-12);
        ColourAxes known = ColourAxes.of(new double[][] {{2, 1, 0}, {1, 2, 0}, {0, 0, 7}});
        assertEquals(List.of(7.0, 3.0, 1.0), known.variances().stream().map(v -> Math.rint(v * 1e9) / 1e9).toList());
    }

    /** The specification's check: the mean over 10,000 draws is kept within three standard errors; rounding adds a variance of 1/12. */
    @Test
    void colourNoiseKeepsTheMean() {
        ColourAxes axes = ColourAxes.of(new double[][] {{4000, 3500, 3000}, {3500, 4200, 3600}, {3000, 3600, 4900}});
        Image grey = image(3, 1, 1, 128, 120, 110);
        Step.Target target = new Step.Target(1, 1, axes);
        double[] sum = new double[3];
        int n = 10_000;
        for (int i = 0; i < n; i++) {
            int[] out = values(new ColourNoise(0.1).apply(grey, random(i), target).pixels());
            for (int c = 0; c < 3; c++) {
                sum[c] += out[c] - (grey.pixels()[c] & 0xff);
            }
        }
        double[] variance = {4000, 4200, 4900};
        for (int c = 0; c < 3; c++) {
            assertEquals(0, sum[c] / n, 3 * Math.sqrt((0.01 * variance[c] + 1 / 12.0) / n), "channel " + c);
        }
    }

    @Test
    void fittingResizesTheShortSideAndCutsTheCentre() {
        Image wide = image(1, 4, 8, 0, 1, 2, 3, 4, 5, 6, 7);
        Image cut = new Fit(1, 4, 4, 0).apply(wide);
        assertArrayEquals(new int[] {2, 3, 4, 5}, Arrays.copyOf(values(cut.pixels()), 4));
        assertSame(wide, new Fit(1, 4, 8, 0).apply(wide));
        assertEquals(3, new Fit(3, 2, 2, 3).apply(wide).channels());
        assertEquals(6, Fit.resizeShortSide(wide, 3).width());
    }
}
