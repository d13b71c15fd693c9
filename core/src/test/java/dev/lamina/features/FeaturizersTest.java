package dev.lamina.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.features.kernel.HomogeneousMap;
import dev.lamina.features.linear.Lda;
import dev.lamina.features.linear.Pca;
import dev.lamina.features.words.BagOfWords;
import dev.lamina.features.words.Descriptor;
import dev.lamina.features.words.KMeans;
import dev.lamina.features.words.SpatialPyramid;
import dev.lamina.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FeaturizersTest {
    @ParameterizedTest
    @ValueSource(strings = {"raw", "raw:mean-removed=true", "rawxy", "standardize:mean=false,scale=10", "pca:k=7,whiten=true,solver=gram",
        "lda:shrinkage=0.5", "filterbank", "bow:words=9,descriptor=sift,softness=2,hellinger=true",
        "spm:levels=1,norm=signed_root,append-xy=0.5,mini-batch=64", "homkermap:order=3", "pca:k=5+standardize"})
    void textIsReadBack(String text) {
        Featurizer parsed = Featurizers.parse(text);
        assertEquals(parsed, Featurizers.parse(parsed.text()), parsed.text());
    }

    @Test
    void defaultsAreThoseOfTheSpecification() {
        assertEquals(new RawPixels(false), Featurizers.parse("raw"));
        assertEquals(new Lda(1e-3), Featurizers.parse("lda"));
        assertEquals(new Pca(64, false, Pca.Solver.AUTO, 0), Featurizers.parse("pca:k=64"));
        assertEquals(new BagOfWords(new Descriptor(Descriptor.Kind.RAW, 6, 2, true, 0), new KMeans(200, 50, 1e-4, 0, 0), 100_000, 0,
                false), Featurizers.parse("bow"));
        assertEquals(new SpatialPyramid(new BagOfWords(200), 2, SpatialPyramid.Norm.NONE), Featurizers.parse("spm"));
        assertEquals(new Descriptor(Descriptor.Kind.SIFT, 16, 8, false, 0), Descriptor.of(Descriptor.Kind.SIFT));
        assertEquals(new HomogeneousMap(1), Featurizers.parse("homkermap"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "hog | features \"hog\" is unknown; known are raw, rawxy, standardize, pca, lda, filterbank, bow, spm, homkermap, cnn.",
        "pca:q=3 | pca: option \"q\" is unknown; known are k, whiten, solver, seed.",
        "rawxy:q=3 | rawxy: option \"q\" is unknown; there are none.",
        "pca:k=x | pca: k = x, needs a whole number.",
        "pca:k=0 | pca: k = 0, needs >= 1.",
        "pca:k=1,k=2 | pca: option \"k=2\" is there twice.",
        "pca:k | pca: option \"k\" is not of the form name=value.",
        "pca:whiten=yes | pca: whiten = yes, needs true or false.",
        "pca:solver=qr | pca: solver = qr, needs one of auto, covariance, gram, randomized.",
        "lda:shrinkage=2 | lda: shrinkage = 2.0, needs 0 <= shrinkage <= 1.",
        "standardize:scale=0 | standardize: scale = 0.0, needs a finite number > 0.",
        "bow:patch=0 | bagOfWords: patch = 0, stride = 2, both need >= 1.",
        "bow:descriptor=sift,patch=10 | bagOfWords: patch = 10, needs a multiple of 4 for sift.",
        "bow:sample=100 | bagOfWords: sample = 100, needs at least the number of words, 200.",
        "bow:softness=-1 | bagOfWords: softness = -1.0, needs a finite number >= 0; 0 is hard assignment.",
        "bow:iterations=0 | kMeans: iterations = 0, needs >= 1.",
        "spm:levels=7 | spatialPyramid: levels = 7, needs 0 <= levels <= 6.",
        "spm:hellinger=true | spm: option \"hellinger\" is unknown; known are descriptor, patch, stride, whiten, append-xy, words, "
            + "iterations, tolerance, mini-batch, seed, sample, softness, levels, norm.",
        "homkermap:order=0 | homkermap: order = 0, needs 1 <= order <= 16.",
        "cnn | cnn: no trained network given. Name a run: cnn:run=FOLDER,node=NODE."})
    void mistakesAreNamed(String text, String message) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> Featurizers.parse(text)).getMessage());
    }

    @Test
    void samplesMustFit() {
        assertEquals("features: samples are float64 [2, 2], needs uint8 or float32 [N, ...] with N >= 1. Cast them first.",
                assertThrows(IllegalArgumentException.class, () -> Samples.of(Tensor.of(new double[4], 2, 2))).getMessage());
        Tensor two = Tensor.of(new float[4], 2, 2);
        assertEquals("features: 2 samples, 1 labels (must be equal).",
                assertThrows(IllegalArgumentException.class, () -> Samples.of(two, new int[1], 2)).getMessage());
        assertEquals("features: label 2 at index 1, classes are 0..1. Are labels 1-based?",
                assertThrows(IllegalArgumentException.class, () -> Samples.of(two, new int[] {1, 2}, 2)).getMessage());
    }
}
