package dev.lamina.vision.voc;

import dev.lamina.vision.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The images of one list, in its order. Immutable and thread-safe.
 *
 * @param name of the list, such as {@code train}
 * @param classNames in order of labels
 * @param images in the list's order
 * @param problems boxes that were not taken as they are written
 */
public record VocSet(String name, List<String> classNames, List<VocImage> images, List<VocProblem> problems) {
    /** Takes copies. */
    public VocSet {
        classNames = List.copyOf(classNames);
        images = List.copyOf(images);
        problems = List.copyOf(problems);
    }

    /** What is there in each image, for an evaluation. */
    public List<List<Truth>> truths() {
        return images.stream().map(image -> image.objects().stream().map(VocObject::truth).toList()).toList();
    }

    /** Objects of each class, in order of labels. */
    public int[] counts() {
        int[] counts = new int[classNames.size()];
        images.forEach(image -> image.objects().forEach(object -> counts[object.label()]++));
        return counts;
    }

    /** Number, kind and files of the problems, such as {@code 1 box without area, left out (a.xml)}; empty if there are none. */
    public String problemText() {
        List<String> lines = new ArrayList<>();
        for (VocProblem.Kind kind : VocProblem.Kind.values()) {
            List<VocProblem> found = problems.stream().filter(p -> p.kind() == kind).toList();
            if (!found.isEmpty()) {
                lines.add(found.size() + (found.size() == 1 ? " box " : " boxes ") + kind.text() + " ("
                        + found.stream().map(VocProblem::file).distinct().collect(Collectors.joining(", ")) + ")");
            }
        }
        return String.join("; ", lines);
    }
}
