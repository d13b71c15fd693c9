package dev.lamina.vision;

/**
 * How many levels a pyramid of hand-made features has, and what surrounds them. Immutable and thread-safe.
 *
 * @param levelsPerOctave steps in which an image is halved, at least 1
 * @param cell side of a cell in scaled pixels, even
 * @param fineOctave true for one octave more, of half as large cells, before the one that starts at the image's own size; {@code cell} is
 *     then a multiple of 4
 * @param leastCells the last level's shorter side in cells, at least 3
 * @param padX columns of padding left and right
 * @param padY rows of padding above and below
 */
public record PyramidOptions(int levelsPerOctave, int cell, boolean fineOctave, int leastCells, int padX, int padY) {
    /** A level of three cells is the smallest that has a feature cell. */
    private static final int FEWEST = 3;

    /**
     * Checked options.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public PyramidOptions {
        if (levelsPerOctave < 1) {
            throw new IllegalArgumentException("pyramid: levelsPerOctave = " + levelsPerOctave + ", needs >= 1.");
        }
        int divisor = fineOctave ? 4 : 2;
        if (cell < divisor || cell % divisor != 0) {
            throw new IllegalArgumentException("pyramid: cell = " + cell + " pixels, needs a multiple of " + divisor
                    + (fineOctave ? " with a fine octave." : "."));
        }
        if (leastCells < FEWEST) {
            throw new IllegalArgumentException("pyramid: leastCells = " + leastCells + ", needs >= " + FEWEST + ".");
        }
        if (padX < 0 || padY < 0) {
            throw new IllegalArgumentException("pyramid: padding = " + padX + ", " + padY + " cells, needs >= 0.");
        }
    }

    /** Of voc-release5: 10 levels an octave, cells of 8 pixels, a fine octave, down to 5 cells; no padding. */
    public static PyramidOptions hog() {
        return new PyramidOptions(10, 8, true, 5, 0, 0);
    }

    /** These options with another number of levels in an octave. */
    public PyramidOptions withLevelsPerOctave(int levels) {
        return new PyramidOptions(levels, cell, fineOctave, leastCells, padX, padY);
    }

    /** These options with padding in cells; a detector takes its largest filter's size. */
    public PyramidOptions withPadding(int x, int y) {
        return new PyramidOptions(levelsPerOctave, cell, fineOctave, leastCells, x, y);
    }
}
