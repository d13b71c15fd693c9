package dev.lamina.features.words;

import dev.lamina.backend.Backend;
import dev.lamina.features.Featurizer;
import dev.lamina.features.FitListener;
import dev.lamina.features.OptionText;
import dev.lamina.features.Samples;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/**
 * Spatial pyramid of visual words (Lazebnik, Schmid and Ponce 2006): level l splits the image into {@code 2^l x 2^l} cells by the centres
 * of patches; all cells' histograms, each over the number of all patches of the image, are weighted and joined, level by level, cells row
 * by row: {@code words (4^(L+1) - 1) / 3} numbers.
 *
 * <p>The weights {@code 1/2^L} of level 0 and {@code 1/2^(L-l+1)} of the others are multiplied into the histograms. As {@code min} is
 * homogeneous, the pyramid match kernel of two images is the intersection {@code Σ min(a_i, b_i)} of their vectors.
 *
 * @param words codebook and descriptor
 * @param levels L, the finest level, in 0..6
 * @param norm what is done to the joined vector
 */
public record SpatialPyramid(BagOfWords words, int levels, Norm norm) implements Featurizer {
    private static final int FINEST = 6;

    /** What is done to the joined vector. */
    public enum Norm {
        /** Nothing: it sums to 1. */
        NONE,
        /** Divided by its sum of absolute values. */
        L1,
        /** Divided by its length. */
        L2,
        /** {@code sign(x) sqrt|x|}; with it a linear model works on Hellinger distances. */
        SIGNED_ROOT
    }

    /** Levels 0 to 2, no further normalisation. */
    public SpatialPyramid(BagOfWords words) {
        this(words, 2, Norm.NONE);
    }

    /** Checks the numbers. */
    public SpatialPyramid {
        if (levels < 0 || levels > FINEST) {
            throw new IllegalArgumentException("spatialPyramid: levels = " + levels + ", needs 0 <= levels <= " + FINEST + ".");
        }
        if (words.hellinger()) {
            throw new IllegalArgumentException("spatialPyramid: hellinger is an option of the single histogram. Set norm = signed_root.");
        }
    }

    /** These options with another finest level. */
    public SpatialPyramid withLevels(int value) {
        return new SpatialPyramid(words, value, norm);
    }

    /** These options with another normalisation. */
    public SpatialPyramid withNorm(Norm value) {
        return new SpatialPyramid(words, levels, value);
    }

    /** Reads options. */
    public static SpatialPyramid parse(OptionText options) {
        return new SpatialPyramid(BagOfWords.shared(options), options.number("levels", 2), options.choice("norm", Norm.class, Norm.NONE));
    }

    @Override
    public String kind() {
        return "spm";
    }

    @Override
    public Map<String, String> options() {
        Map<String, String> options = words.shared();
        options.put("levels", Integer.toString(levels));
        options.put("norm", OptionText.name(norm));
        return options;
    }

    @Override
    public FittedWords fit(Backend backend, Samples samples, FitListener listener) {
        return fit(samples.sampleShape(), Codebook.learn(words, backend, samples, listener));
    }

    /** A pyramid on a codebook that is there already, e.g. to compare levels. */
    public FittedWords fit(Shape sampleShape, Codebook codebook) {
        return new FittedWords(this, words, levels, norm, sampleShape, codebook);
    }

    @Override
    public FittedWords restore(Shape sampleShape, Map<String, Tensor> tensors) {
        return fit(sampleShape, Codebook.restore(words, sampleShape, tensors));
    }

    /** Number of cells of all levels: {@code (4^(L+1) - 1) / 3}. */
    static int cells(int levels) {
        return ((1 << 2 * (levels + 1)) - 1) / 3;
    }

    /** Weight of a level. */
    static double weight(int level, int levels) {
        return level == 0 ? Math.pow(2, -levels) : Math.pow(2, -(levels - level + 1));
    }
}
