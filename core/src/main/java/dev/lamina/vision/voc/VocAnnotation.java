package dev.lamina.vision.voc;

import java.util.List;

/**
 * An annotation file as it is written: nothing is judged but its form. Immutable and thread-safe.
 *
 * @param file for messages
 * @param width of the image, at least 1
 * @param height of the image, at least 1
 * @param objects in the file's order
 */
record VocAnnotation(String file, int width, int height, List<Item> objects) {

    /**
     * An object. Corners are the file's numbers: the first pixel is (1, 1), both corners are inside. They are finite, and may be anywhere.
     */
    record Item(String className, double xmin, double ymin, double xmax, double ymax, boolean difficult, boolean truncated) { }
}
