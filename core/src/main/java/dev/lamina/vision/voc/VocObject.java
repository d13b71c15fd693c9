package dev.lamina.vision.voc;

import dev.lamina.vision.Box;
import dev.lamina.vision.Truth;

/**
 * An annotated object.
 *
 * @param label class, from 0
 * @param box inclusive corners, inside the image; the first pixel is (0, 0), where the files count from (1, 1)
 * @param difficult true if a detector need not find it
 * @param truncated true if the box is less than the object
 */
public record VocObject(int label, Box box, boolean difficult, boolean truncated) {
    /** What an evaluation needs of it. */
    public Truth truth() {
        return new Truth(label, box, difficult);
    }
}
