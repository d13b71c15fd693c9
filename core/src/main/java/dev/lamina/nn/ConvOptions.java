package dev.lamina.nn;

/**
 * Options of a convolution layer beside its window.
 *
 * @param groups groups that channels and filters are split into
 * @param bias whether a number is added to each filter's map
 * @param flip whether filters are rotated by 180 degrees on entry, which makes it a convolution in the mathematical sense
 * @param weightInit what the filters start as
 * @param biasInit what the bias starts as
 */
public record ConvOptions(long groups, boolean bias, boolean flip, Initializer weightInit, Initializer biasInit) {
    /** One group, with bias, cross-correlation, PyTorch's initial values. */
    public static ConvOptions defaults() {
        return new ConvOptions(1, true, false, Initializer.layerDefault(), Initializer.layerDefault());
    }

    /** These options with another number of groups. */
    public ConvOptions groups(long count) {
        return new ConvOptions(count, bias, flip, weightInit, biasInit);
    }

    /** These options without bias. */
    public ConvOptions withoutBias() {
        return new ConvOptions(groups, false, flip, weightInit, biasInit);
    }

    /** These options with filters rotated or not. */
    public ConvOptions flip(boolean rotated) {
        return new ConvOptions(groups, bias, rotated, weightInit, biasInit);
    }

    /** These options with other initial values. */
    public ConvOptions init(Initializer weight, Initializer offset) {
        return new ConvOptions(groups, bias, flip, weight, offset);
    }
}
