package dev.lamina.vision.voc;

/**
 * A box that was not taken as it is written.
 *
 * @param file the annotation
 * @param className the object's class
 * @param kind what is wrong
 * @param corners as written: xmin, ymin, xmax, ymax
 */
public record VocProblem(String file, String className, Kind kind, String corners) {
    /** What can be wrong with a box. */
    public enum Kind {
        /** Left out: it has no area, {@code xmax <= xmin} or {@code ymax <= ymin}. */
        NO_AREA("without area, left out"),
        /** Left out: nothing of it is in the image. */
        OUTSIDE("outside the image, left out"),
        /** Kept, cut to the image, beyond which it reached. */
        CUT("reaching out of the image, cut to it");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** In words. */
        public String text() {
            return text;
        }
    }
}
