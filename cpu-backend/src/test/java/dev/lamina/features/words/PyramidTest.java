package dev.lamina.features.words;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.features.Both;
import dev.lamina.features.FitListener;
import dev.lamina.features.Fitted;
import dev.lamina.features.Samples;
import dev.lamina.features.kernel.IntersectionKernel;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class PyramidTest {
    private static final BagOfWords SMALL = new BagOfWords(7).withSample(2000);
    private static final Tensor IMAGES = Both.uniform(1, 12, 3, 16, 16);

    private static FittedWords fit(Backend backend, SpatialPyramid options) {
        return options.fit(backend, Samples.of(IMAGES), FitListener.NONE);
    }

    /** A codebook of two words for 1x1 patches of one pixel: level 0 and level 100. */
    private static FittedWords darkAndBright(int levels, SpatialPyramid.Norm norm) {
        Descriptor pixel = new Descriptor(Descriptor.Kind.GRADIENT, 2, 2, false, 0);
        BagOfWords words = new BagOfWords(2).withDescriptor(pixel);
        float[] flatAndRight = new float[64];
        for (int cell = 0; cell < 4; cell++) {
            flatAndRight[32 + cell] = 0.5f;
        }
        Codebook codebook = new Codebook(null, null, Tensor.of(flatAndRight, 2, 32), List.of());
        return new SpatialPyramid(words, levels, norm).fit(Shape.of(1, 8, 8), codebook);
    }

    @Test
    void twoHundredWordsGiveTheStatedSizes() {
        Shape cifar = Shape.of(3, 32, 32);
        Codebook none = new Codebook(null, null, null, List.of());
        long[] sizes = new long[3];
        for (int levels = 0; levels < 3; levels++) {
            sizes[levels] = new SpatialPyramid(new BagOfWords()).withLevels(levels).fit(cifar, none).outputSize();
        }
        assertArrayEquals(new long[] {200, 1000, 4200}, sizes);
        assertEquals(196, Descriptor.of(Descriptor.Kind.RAW).grid(cifar).patches());
        assertEquals(108, Descriptor.of(Descriptor.Kind.RAW).size(cifar));
        Descriptor sift = Descriptor.of(Descriptor.Kind.SIFT);
        assertEquals(225, sift.grid(Shape.of(3, 128, 128)).patches());
        assertEquals(128, sift.size(Shape.of(3, 128, 128)));
    }

    @Test
    void everyLevelSumsToItsWeightAndAllToOne() {
        FittedWords fitted = fit(Both.CPU, new SpatialPyramid(SMALL));
        Tensor vectors = fitted.transform(Both.CPU, IMAGES);
        for (int i = 0; i < 12; i++) {
            assertEquals(0.25, sum(vectors.select(0, i), 0, 7), 1e-6, "level 0: 1/2^2");
            assertEquals(0.25, sum(vectors.select(0, i), 7, 35), 1e-6, "level 1: 1/2^(2-1+1)");
            assertEquals(0.5, sum(vectors.select(0, i), 35, 147), 1e-6, "level 2: 1/2^(2-2+1)");
        }
    }

    private static double sum(Tensor vector, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += vector.get(i);
        }
        return sum;
    }

    @Test
    void finerLevelsAddUpToCoarserOnes() {
        float[] v = fit(Both.CPU, new SpatialPyramid(SMALL)).transform(Both.CPU, IMAGES).select(0, 3).toFloats();
        for (int word = 0; word < 7; word++) {
            double level1 = 0;
            for (int cell = 0; cell < 4; cell++) {
                level1 += v[7 + cell * 7 + word];
            }
            assertEquals(v[word], level1, 1e-6, "equal weights 1/4 of levels 0 and 1");
        }
    }

    @Test
    void aCellHoldsThePatchesWhoseCentreLiesInIt() {
        float[] image = new float[64];
        // An edge in the upper right quarter: columns 6 and 7 are bright in rows 0 to 3.
        for (int y = 0; y < 4; y++) {
            image[y * 8 + 6] = 1;
            image[y * 8 + 7] = 1;
        }
        float[] v = darkAndBright(1, SpatialPyramid.Norm.NONE).transform(Both.REFERENCE, Tensor.of(image, 1, 1, 8, 8)).toFloats();
        float share = 1f / 16;
        // Patches 2x2 with stride 2: those at columns 4-5 and 6-7 see the edge to the right, in rows 0-3.
        assertEquals(10, v.length);
        assertEquals(0.5f, v[2] + v[3] + v[4] + v[5] + v[6] + v[7] + v[8] + v[9], 1e-6f);
        assertEquals(2 * share, v[2], 1e-6f, "upper left is flat: 4 of 16 patches, weight 1/2");
        assertEquals(0, v[3], 1e-6f);
        assertTrue(v[5] > 0, "upper right holds the edge");
        assertEquals(2 * share, v[6], 1e-6f, "lower left is flat");
        assertEquals(v[1], v[3] + v[5] + v[7] + v[9], 1e-6f);
    }

    @Test
    void theWeightedIntersectionIsThePyramidMatchKernel() {
        FittedWords fitted = fit(Both.CPU, new SpatialPyramid(SMALL));
        Tensor v = fitted.transform(Both.CPU, IMAGES);
        double[] a = v.select(0, 0).toDoubles();
        double[] b = v.select(0, 1).toDoubles();
        // Lazebnik, Schmid and Ponce, equation 3, of the plain histograms of each level: I^L + Σ_l (I^l - I^(l+1)) / 2^(L-l).
        double[] level = new double[3];
        int[] from = {0, 7, 35, 147};
        double[] weight = {0.25, 0.25, 0.5};
        for (int l = 0; l < 3; l++) {
            for (int i = from[l]; i < from[l + 1]; i++) {
                level[l] += Math.min(a[i], b[i]) / weight[l];
            }
        }
        double match = level[2] + (level[1] - level[2]) / 2 + (level[0] - level[1]) / 4;
        assertEquals(match, IntersectionKernel.of(a, b), 1e-6);
    }

    @Test
    void normsDoWhatTheySay() {
        Codebook codebook = fit(Both.CPU, new SpatialPyramid(SMALL)).codebook();
        Tensor plain = new SpatialPyramid(SMALL).fit(Shape.of(3, 16, 16), codebook).transform(Both.CPU, IMAGES);
        for (SpatialPyramid.Norm norm : SpatialPyramid.Norm.values()) {
            float[] v = new SpatialPyramid(SMALL).withNorm(norm).fit(Shape.of(3, 16, 16), codebook).transform(Both.CPU, IMAGES)
                    .select(0, 2).toFloats();
            double sum = 0;
            double squares = 0;
            for (float x : v) {
                sum += x;
                squares += x * x;
            }
            switch (norm) {
                case NONE, L1 -> assertEquals(1, sum, 1e-5);
                case L2, SIGNED_ROOT -> assertEquals(1, squares, 1e-5);
            }
        }
        assertEquals(147, plain.shape().dim(1));
    }

    @Test
    void hellingerIsTheRootOfTheHistogram() {
        Codebook codebook = fit(Both.CPU, new SpatialPyramid(SMALL)).codebook();
        Fitted plain = SMALL.restore(Shape.of(3, 16, 16), codebook.tensors());
        Fitted root = SMALL.withHellinger(true).restore(Shape.of(3, 16, 16), codebook.tensors());
        float[] h = plain.transform(Both.CPU, IMAGES).toFloats();
        float[] r = root.transform(Both.CPU, IMAGES).toFloats();
        for (int i = 0; i < h.length; i++) {
            assertEquals(Math.sqrt(h[i]), r[i], 1e-6);
        }
    }

    @Test
    void softAssignmentSumsToOneAndHardensWithBeta() {
        Codebook codebook = fit(Both.CPU, new SpatialPyramid(SMALL)).codebook();
        Shape shape = Shape.of(3, 16, 16);
        Tensor hard = SMALL.restore(shape, codebook.tensors()).transform(Both.CPU, IMAGES);
        Tensor soft = SMALL.withSoftness(0.01).restore(shape, codebook.tensors()).transform(Both.CPU, IMAGES);
        Tensor nearlyHard = SMALL.withSoftness(1000).restore(shape, codebook.tensors()).transform(Both.CPU, IMAGES);
        assertEquals(1, sum(soft.select(0, 0), 0, 7), 1e-5);
        assertTrue(Both.difference(hard, soft) > 0.1);
        assertTrue(Both.difference(hard, nearlyHard) < 0.05, "only patches at a tie differ");
    }

    @Test
    void imagesSmallerThanAPatchAreRefused() {
        assertEquals("bagOfWords: image 5x5 is smaller than patch 6x6.", assertThrows(IllegalArgumentException.class,
                () -> new BagOfWords(2).fit(Both.REFERENCE, Both.uniform(1, 2, 1, 5, 5))).getMessage());
    }

    @Test
    void placesSeparateEqualPatches() {
        BagOfWords plain = new BagOfWords(2).withSample(2000).withDescriptor(Descriptor.of(Descriptor.Kind.RAW).withXY(1000));
        FittedWords fitted = plain.fit(Both.CPU, Samples.of(IMAGES), FitListener.NONE);
        float[] v = fitted.transform(Both.CPU, IMAGES).toFloats();
        for (int i = 2; i < v.length; i++) {
            assertEquals(v[i % 2], v[i], 1e-6, "with a huge weight words are regions, the same in every image");
        }
        assertTrue(v[0] > 0.2 && v[0] < 0.8, "each word about half of the image");
    }

    @Test
    void descriptorsAreAsDefined() {
        for (Descriptor.Kind kind : Descriptor.Kind.values()) {
            Descriptor descriptor = Descriptor.of(kind).withWhitening(false);
            Tensor images = Both.uniform(4, 2, 1, 24, 24);
            BagOfWords words = new BagOfWords(3).withDescriptor(descriptor);
            Tensor found = words.fit(Both.REFERENCE, Samples.of(images), FitListener.NONE).codebook().words();
            assertEquals(descriptor.size(Shape.of(1, 24, 24)), found.shape().dim(1));
            for (int i = 0; i < 3; i++) {
                double mean = sum(found.select(0, i), 0, (int) found.shape().dim(1));
                assertTrue(kind == Descriptor.Kind.RAW ? Math.abs(mean) < 1e-3 : mean > 0.5, kind + " " + mean);
            }
        }
    }

    @Test
    void aConstantImageHasFlatDescriptors() {
        Tensor grey = Tensor.full(DType.FLOAT32, Shape.of(1, 3, 32, 32), 0.5);
        for (Descriptor.Kind kind : Descriptor.Kind.values()) {
            Descriptor descriptor = Descriptor.of(kind).withWhitening(false);
            BagOfWords one = new BagOfWords(1).withDescriptor(descriptor);
            double[] word = one.fit(Both.REFERENCE, Samples.of(grey), FitListener.NONE).codebook().words().toDoubles();
            for (double x : word) {
                assertEquals(0, x, 1e-3, kind.name());
            }
        }
    }

    @Test
    void bothBackendsGiveOneResult() {
        FittedWords cpu = fit(Both.CPU, new SpatialPyramid(SMALL));
        FittedWords reference = fit(Both.REFERENCE, new SpatialPyramid(SMALL));
        assertEquals(0, Both.difference(cpu.codebook().words(), reference.codebook().words()), 1e-3);
        assertEquals(0, Both.difference(cpu.transform(Both.CPU, IMAGES), cpu.transform(Both.REFERENCE, IMAGES)), 1e-5);
    }
}
