package dev.lamina.vision;

/**
 * A box that a detector gives for a class. Immutable and thread-safe.
 *
 * @param image position of the image in its set, from 0
 * @param label class, from 0
 * @param box inclusive corners where it is evaluated
 * @param score higher is surer
 */
public record Detection(int image, int label, Box box, double score) {
    /**
     * A checked detection.
     *
     * @throws IllegalArgumentException if a number is negative or the score NaN
     */
    public Detection {
        if (image < 0 || label < 0 || Double.isNaN(score)) {
            throw new IllegalArgumentException("detection: image = " + image + ", label = " + label + ", score = " + score
                    + ", needs image >= 0, label >= 0 and a score that is a number.");
        }
    }
}
