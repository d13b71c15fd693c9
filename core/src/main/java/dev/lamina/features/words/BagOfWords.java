package dev.lamina.features.words;

import dev.lamina.backend.Backend;
import dev.lamina.features.Featurizer;
import dev.lamina.features.FitListener;
import dev.lamina.features.OptionText;
import dev.lamina.features.Samples;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Bag of visual words: the histogram, over all patches of an image, of the nearest word of a codebook, divided by the number of patches.
 * Descriptors of patches from all training images are clustered into the codebook.
 *
 * @param descriptor what describes a patch
 * @param codebook how words are found; its k is their number
 * @param sample descriptors that the codebook is learned from, at most
 * @param softness 0 for hard assignment; else β of the soft one, which spreads a patch by {@code softmax(-β |x - c|²)}
 * @param hellinger whether the histogram's square root is given
 */
public record BagOfWords(Descriptor descriptor, KMeans codebook, int sample, double softness, boolean hellinger) implements Featurizer {
    /** Raw patches, hard assignment, plain histograms, 100,000 descriptors. */
    public BagOfWords(int words) {
        this(Descriptor.of(Descriptor.Kind.RAW), new KMeans(words), 100_000, 0, false);
    }

    /** 200 words. */
    public BagOfWords() {
        this(200);
    }

    /** Checks the numbers. */
    public BagOfWords {
        if (sample < codebook.k()) {
            throw new IllegalArgumentException("bagOfWords: sample = " + sample + ", needs at least the number of words, " + codebook.k()
                    + ".");
        }
        if (!(softness >= 0) || Double.isInfinite(softness)) {
            throw new IllegalArgumentException("bagOfWords: softness = " + softness
                    + ", needs a finite number >= 0; 0 is hard assignment.");
        }
    }

    /** These options with another descriptor. */
    public BagOfWords withDescriptor(Descriptor value) {
        return new BagOfWords(value, codebook, sample, softness, hellinger);
    }

    /** These options with another way to the codebook. */
    public BagOfWords withCodebook(KMeans value) {
        return new BagOfWords(descriptor, value, sample, softness, hellinger);
    }

    /** These options with a codebook from so many descriptors at most. */
    public BagOfWords withSample(int value) {
        return new BagOfWords(descriptor, codebook, value, softness, hellinger);
    }

    /** These options with soft assignment, or with hard one for 0. */
    public BagOfWords withSoftness(double beta) {
        return new BagOfWords(descriptor, codebook, sample, beta, hellinger);
    }

    /** These options with or without the square root. */
    public BagOfWords withHellinger(boolean value) {
        return new BagOfWords(descriptor, codebook, sample, softness, value);
    }

    /** Reads options. */
    public static BagOfWords parse(OptionText options) {
        return shared(options).withHellinger(options.flag("hellinger", false));
    }

    static BagOfWords shared(OptionText options) {
        return new BagOfWords(Descriptor.parse(options), KMeans.parse(options), options.number("sample", 100_000),
                options.real("softness", 0), false);
    }

    @Override
    public String kind() {
        return "bow";
    }

    @Override
    public Map<String, String> options() {
        Map<String, String> options = shared();
        options.put("hellinger", Boolean.toString(hellinger));
        return options;
    }

    Map<String, String> shared() {
        Map<String, String> options = new LinkedHashMap<>();
        descriptor.write(options);
        codebook.write(options);
        options.put("sample", Integer.toString(sample));
        options.put("softness", Double.toString(softness));
        return options;
    }

    @Override
    public FittedWords fit(Backend backend, Samples samples, FitListener listener) {
        Codebook found = Codebook.learn(this, backend, samples, listener);
        return new FittedWords(this, this, 0, norm(), samples.sampleShape(), found);
    }

    private SpatialPyramid.Norm norm() {
        return hellinger ? SpatialPyramid.Norm.SIGNED_ROOT : SpatialPyramid.Norm.NONE;
    }

    @Override
    public FittedWords restore(Shape sampleShape, Map<String, Tensor> tensors) {
        return new FittedWords(this, this, 0, norm(), sampleShape, Codebook.restore(this, sampleShape, tensors));
    }
}
