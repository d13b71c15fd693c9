package dev.lamina.data;

/**
 * Training and test samples of one data set. Immutable; as thread-safe as the data sets.
 *
 * @param train samples to learn from
 * @param test samples to judge by; same shape and classes as {@code train}
 */
public record Split(Dataset train, Dataset test) {
    /**
     * A split of data sets that agree.
     *
     * @throws IllegalArgumentException if sample shape or classes differ
     */
    public Split {
        if (!train.sampleShape().equals(test.sampleShape())) {
            throw new IllegalArgumentException("data \"" + train.name() + "\": training samples have shape " + train.sampleShape()
                    + ", test samples " + test.sampleShape() + " (must be equal).");
        }
        if (!train.classNames().equals(test.classNames())) {
            throw new IllegalArgumentException("data \"" + train.name() + "\": training and test samples differ in their classes, "
                    + train.classNames() + " and " + test.classNames() + ".");
        }
    }

    /** The first samples of both parts; 0 keeps all. Counts beyond the size keep all. */
    public Split first(int trainCount, int testCount) {
        return new Split(trainCount == 0 ? train : train.first(trainCount), testCount == 0 ? test : test.first(testCount));
    }
}
