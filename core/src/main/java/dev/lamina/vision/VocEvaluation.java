package dev.lamina.vision;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * How well detections meet the truth, by the rules of PASCAL VOC. Within a class, detections are taken by falling score; equal scores by
 * rising image, then in the order given. Each looks for the truth of its class and image that it overlaps most, the first of equals:
 *
 * <ul>
 * <li>overlap below the least: a miss;
 * <li>the truth is difficult: the detection is ignored;
 * <li>the truth was found before: a duplicate, which is a miss;
 * <li>else a hit.
 * </ul>
 *
 * <p>Overlap is intersection over union. Immutable and thread-safe.
 *
 * @param least overlap of a hit, above 0 and at most 1
 * @param extent what corners mean
 */
public record VocEvaluation(double least, Box.Extent extent) {

    /**
     * Checked rules.
     *
     * @throws IllegalArgumentException if the overlap is out of range
     */
    public VocEvaluation {
        if (!(least > 0 && least <= 1)) {
            throw new IllegalArgumentException("evaluation: overlap = " + least + ", needs 0 < overlap <= 1.");
        }
    }

    /** VOC's own: at least one half, inclusive pixels. */
    public static VocEvaluation voc() {
        return new VocEvaluation(0.5, Box.Extent.INCLUSIVE);
    }

    /** What became of a detection. */
    public enum Outcome {
        /** It found a truth. */
        HIT,
        /** It found a truth that another had found. */
        DUPLICATE,
        /** It overlaps no truth enough. */
        MISS,
        /** It found a difficult truth, which counts neither way. */
        IGNORED
    }

    /**
     * A detection and what became of it.
     *
     * @param overlap with the truth that it overlaps most, 0 without
     */
    public record Judged(Detection detection, Outcome outcome, double overlap) { }

    /**
     * The figures of one class.
     *
     * @param name of the class
     * @param truths objects that are not difficult
     * @param difficult objects that are
     * @param judged detections by falling score
     */
    public record ClassResult(String name, int truths, int difficult, List<Judged> judged) {
        /** Takes a copy. */
        public ClassResult {
            judged = List.copyOf(judged);
        }

        /** Detections of this outcome. */
        public int count(Outcome outcome) {
            return (int) judged.stream().filter(j -> j.outcome == outcome).count();
        }

        /** Average precision at eleven points; empty if there is no truth. */
        public OptionalDouble elevenPoint() {
            return truths == 0 ? OptionalDouble.empty() : OptionalDouble.of(AveragePrecision.elevenPoint(hits(), truths));
        }

        /** Average precision over all points; empty if there is no truth. */
        public OptionalDouble allPoint() {
            return truths == 0 ? OptionalDouble.empty() : OptionalDouble.of(AveragePrecision.allPoint(hits(), truths));
        }

        /** By falling score, true for hits and false for misses and duplicates; ignored ones are left out. */
        public boolean[] hits() {
            List<Judged> counted = judged.stream().filter(j -> j.outcome != Outcome.IGNORED).toList();
            boolean[] hits = new boolean[counted.size()];
            for (int i = 0; i < hits.length; i++) {
                hits[i] = counted.get(i).outcome == Outcome.HIT;
            }
            return hits;
        }
    }

    /**
     * The figures of all classes.
     *
     * @param classes in order of labels
     */
    public record Result(List<ClassResult> classes) {
        /** Takes a copy. */
        public Result {
            classes = List.copyOf(classes);
        }

        /** Mean average precision at eleven points over the classes with truths; empty if there is none. */
        public OptionalDouble elevenPoint() {
            return classes.stream().map(ClassResult::elevenPoint).flatMapToDouble(OptionalDouble::stream).average();
        }

        /** Mean average precision over all points, over the classes with truths; empty if there is none. */
        public OptionalDouble allPoint() {
            return classes.stream().map(ClassResult::allPoint).flatMapToDouble(OptionalDouble::stream).average();
        }
    }

    /**
     * Judges detections.
     *
     * @param classNames in order of labels
     * @param truths of each image, in order of images; images without objects have an empty list
     * @param detections of all images and classes, in any order
     * @throws IllegalArgumentException if a label or an image is outside these lists
     */
    public Result evaluate(List<String> classNames, List<List<Truth>> truths, List<Detection> detections) {
        check(classNames, truths, detections);
        List<ClassResult> results = new ArrayList<>();
        for (int label = 0; label < classNames.size(); label++) {
            results.add(evaluate(label, classNames.get(label), truths, detections));
        }
        return new Result(results);
    }

    private static void check(List<String> classNames, List<List<Truth>> truths, List<Detection> detections) {
        int classes = classNames.size();
        Stream<Integer> labels = Stream.concat(truths.stream().flatMap(List::stream).map(Truth::label),
                detections.stream().map(Detection::label));
        labels.filter(label -> label < 0 || label >= classes).findFirst().ifPresent(label -> {
            throw new IllegalArgumentException("evaluation: label " + label + ", classes are 0.." + (classes - 1) + ".");
        });
        detections.stream().filter(d -> d.image() >= truths.size()).findFirst().ifPresent(d -> {
            throw new IllegalArgumentException("evaluation: detection in image " + d.image() + ", images are 0.." + (truths.size() - 1)
                    + ".");
        });
    }

    private ClassResult evaluate(int label, String name, List<List<Truth>> truths, List<Detection> detections) {
        List<List<Truth>> ours = truths.stream().map(image -> image.stream().filter(t -> t.label() == label).toList()).toList();
        List<boolean[]> found = ours.stream().map(image -> new boolean[image.size()]).toList();
        List<Judged> judged = detections.stream().filter(d -> d.label() == label)
                .sorted(Comparator.comparingDouble((Detection d) -> -d.score()).thenComparingInt(Detection::image))
                .map(d -> judge(d, ours.get(d.image()), found.get(d.image()))).toList();
        int difficult = (int) ours.stream().flatMap(List::stream).filter(Truth::difficult).count();
        int all = ours.stream().mapToInt(List::size).sum();
        return new ClassResult(name, all - difficult, difficult, judged);
    }

    private Judged judge(Detection detection, List<Truth> truths, boolean[] found) {
        int nearest = -1;
        double most = 0;
        for (int i = 0; i < truths.size(); i++) {
            double overlap = detection.box().iou(truths.get(i).box(), extent);
            if (overlap > most) {
                nearest = i;
                most = overlap;
            }
        }
        Outcome outcome;
        if (most < least) {
            outcome = Outcome.MISS;
        } else if (truths.get(nearest).difficult()) {
            outcome = Outcome.IGNORED;
        } else if (found[nearest]) {
            outcome = Outcome.DUPLICATE;
        } else {
            found[nearest] = true;
            outcome = Outcome.HIT;
        }
        return new Judged(detection, outcome, most);
    }
}
