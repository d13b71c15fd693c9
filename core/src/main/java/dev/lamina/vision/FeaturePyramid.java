package dev.lamina.vision;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sizes of an image's scaled copies, from fine to coarse, and where their feature cells are. Immutable and thread-safe.
 *
 * @param levelsPerOctave levels i and i + levelsPerOctave differ in cell size by a factor of two
 * @param levels the finest first
 */
public record FeaturePyramid(int levelsPerOctave, List<PyramidLevel> levels) {
    /** Distance of cells of the deep pyramid in pixels: AlexNet's conv5. */
    public static final int DEEP_CELL = 16;

    /** Takes a copy. */
    public FeaturePyramid {
        levels = List.copyOf(levels);
    }

    /**
     * A pyramid of HOG cells. With L levels an octave, level i of a pyramid without fine octave has scale {@code 2^(-i / L)}; with one,
     * levels 0 to L - 1 have these scales and half the cell, and level L starts again at scale 1. Sides are rounded to whole pixels. Levels
     * end where the shorter side has fewer than {@code leastCells} cells.
     *
     * @param width of the image in pixels
     * @param height of the image in pixels
     * @throws IllegalArgumentException if the image is too small for a level
     */
    public static FeaturePyramid hog(int width, int height, PyramidOptions options) {
        List<PyramidLevel> levels = new ArrayList<>();
        int octave = options.levelsPerOctave();
        for (int i = 0;; i++) {
            boolean fine = options.fineOctave() && i < octave;
            Hog hog = new Hog(fine ? options.cell() / 2 : options.cell());
            double scale = Math.pow(2, -(double) (options.fineOctave() && !fine ? i - octave : i) / octave);
            int w = (int) Math.round(width * scale);
            int h = (int) Math.round(height * scale);
            if (Math.min(w, h) < options.leastCells() * hog.cell()) {
                break;
            }
            levels.add(new PyramidLevel(i, width, height, w, h, hog.cell(), hog.cell(), hog.cells(w), hog.cells(h), options.padX(),
                    options.padY()));
        }
        if (levels.isEmpty()) {
            throw new IllegalArgumentException("pyramid: image is " + width + " x " + height + ", needs " + options.leastCells()
                    + " cells of " + (options.fineOctave() ? options.cell() / 2 : options.cell()) + " pixels along each side. "
                    + "Enlarge the image.");
        }
        return new FeaturePyramid(octave, levels);
    }

    /**
     * A pyramid for learnt features with a stride of 16 whose cell i is centred at pixel 16 i (AlexNet's conv5 with padding): each level is
     * in the upper left of a square plane, its longer side by {@code 2^(-1/2)} shorter than that of the level before, and
     * {@code ceil((side - 1) / 16) + 1} cells along a side are valid. DeepPyramid's published code has planes of 1713 pixels, 7 levels and
     * a padding of 10 cells.
     *
     * @param width of the image in pixels
     * @param height of the image in pixels
     * @param plane side of a plane and longer side of level 0 in pixels, a multiple of 16 plus 1
     * @param count number of levels, at least 1
     * @param padding cells around each level
     * @throws IllegalArgumentException if an argument is out of range or a level would have no pixel
     */
    public static FeaturePyramid deep(int width, int height, int plane, int count, int padding) {
        if (plane <= DEEP_CELL || plane % DEEP_CELL != 1) {
            throw new IllegalArgumentException("pyramid: plane = " + plane + " pixels, needs a multiple of 16 plus 1, at least 17.");
        }
        if (width < 1 || height < 1 || count < 1 || padding < 0) {
            throw new IllegalArgumentException("pyramid: image " + width + " x " + height + ", " + count + " levels, padding " + padding
                    + ", needs at least one pixel and level, and no negative padding.");
        }
        List<PyramidLevel> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double scale = plane * Math.pow(2, -i / 2.0) / Math.max(width, height);
            int w = (int) Math.round(width * scale);
            int h = (int) Math.round(height * scale);
            if (w < 1 || h < 1) {
                throw new IllegalArgumentException("pyramid: level " + i + " of " + count + " would be " + w + " x " + h
                        + " pixels, needs at least 1 x 1. Take fewer levels.");
            }
            levels.add(new PyramidLevel(i, width, height, w, h, DEEP_CELL, 0.5 - DEEP_CELL / 2.0, Math.ceilDiv(w - 1, DEEP_CELL) + 1,
                    Math.ceilDiv(h - 1, DEEP_CELL) + 1, padding, padding));
        }
        return new FeaturePyramid(2, levels);
    }

    /** The level of cells half as large as those of level i; empty within the first octave. */
    public Optional<PyramidLevel> finer(int i) {
        return i < levelsPerOctave ? Optional.empty() : Optional.of(levels.get(i - levelsPerOctave));
    }
}
