package dev.lamina.vision.voc;

import java.util.List;

/**
 * An image with its objects.
 *
 * @param name as the lists name it, without folder and ending
 * @param path of the image file below the data set
 * @param width in pixels
 * @param height in pixels
 * @param objects in the annotation's order
 */
public record VocImage(String name, String path, int width, int height, List<VocObject> objects) {
    /** Takes a copy. */
    public VocImage {
        objects = List.copyOf(objects);
    }
}
