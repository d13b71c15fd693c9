package dev.lamina.vision;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Non-maximum suppression: of boxes that overlap too much, those with the lower scores are dropped. Boxes are taken by falling score, equal
 * scores by rising position, and a box stays unless one that stayed before suppresses it. Immutable and thread-safe.
 *
 * @param rule how overlap is measured
 * @param most overlap that is still allowed, 0 to 1; more suppresses
 * @param extent what the boxes' corners mean
 */
public record Suppression(Rule rule, double most, Box.Extent extent) {

    /** Measures of overlap. */
    public enum Rule {
        /** Intersection over union. */
        IOU,
        /** Intersection over the area of the box with the lower score. */
        WEAKER
    }

    /**
     * A checked rule.
     *
     * @throws IllegalArgumentException if the limit is not in 0 .. 1
     */
    public Suppression {
        if (!(most >= 0 && most <= 1)) {
            throw new IllegalArgumentException("suppression: overlap = " + most + ", needs 0 to 1.");
        }
    }

    /** Intersection over union above 0.3, inclusive pixels: detectors on learnt features (DeepPyramid's published code). */
    public static Suppression deep() {
        return new Suppression(Rule.IOU, 0.3, Box.Extent.INCLUSIVE);
    }

    /** Intersection over the weaker box's area above 0.5, inclusive pixels: detectors on HOG (voc-release5). */
    public static Suppression hog() {
        return new Suppression(Rule.WEAKER, 0.5, Box.Extent.INCLUSIVE);
    }

    /**
     * Positions of the boxes that stay, by falling score. Boxes are of one class in one image.
     *
     * @param scores one a box
     * @throws IllegalArgumentException if there are more or fewer scores than boxes, or a score is NaN
     */
    public List<Integer> apply(List<Box> boxes, double[] scores) {
        if (boxes.size() != scores.length) {
            throw new IllegalArgumentException("suppression: " + boxes.size() + " boxes and " + scores.length + " scores, needs one each.");
        }
        for (int i = 0; i < scores.length; i++) {
            if (Double.isNaN(scores[i])) {
                throw new IllegalArgumentException("suppression: score of box " + i + " is NaN, boxes have no order then.");
            }
        }
        List<Integer> kept = new ArrayList<>();
        IntStream.range(0, scores.length).boxed().sorted(Comparator.comparingDouble(i -> -scores[i])).forEach(i -> {
            if (kept.stream().noneMatch(k -> overlap(boxes.get(k), boxes.get(i)) > most)) {
                kept.add(i);
            }
        });
        return List.copyOf(kept);
    }

    private double overlap(Box stronger, Box weaker) {
        return switch (rule) {
            case IOU -> stronger.iou(weaker, extent);
            case WEAKER -> weaker.covered(stronger, extent);
        };
    }
}
