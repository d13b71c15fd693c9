package dev.lamina.features.words;

import dev.lamina.features.Images;
import dev.lamina.features.OptionText;
import dev.lamina.tensor.Shape;
import java.util.Map;

/**
 * What describes a patch of an image, and where patches lie.
 *
 * @param kind what is measured
 * @param patch side P of a patch in pixels
 * @param stride S, pixels from one patch to the next, in both directions
 * @param whiten whether descriptors are whitened (ZCA, ε = 0.1)
 * @param appendXY weight of the patch's centre {@code (x/W, y/H)}, appended as two more numbers; 0 for none
 */
public record Descriptor(Kind kind, int patch, int stride, boolean whiten, double appendXY) {
    /** Directions of gradient histograms. */
    static final int ORIENTATIONS = 8;

    /** What is measured in a patch. */
    public enum Kind {
        /** Its levels 0..255, less their mean and over {@code sqrt(variance + 10)}: {@code C P P} numbers. */
        RAW,
        /** 2 x 2 cells of gradients in 8 directions, of length 1: 32 numbers. */
        GRADIENT,
        /** 4 x 4 cells of gradients in 8 directions, of length 1, clipped at 0.2 and brought to length 1 again: 128 numbers. */
        SIFT;

        int cells() {
            return switch (this) {
                case RAW -> 1;
                case GRADIENT -> 2;
                case SIFT -> 4;
            };
        }
    }

    /** Checks the numbers. */
    public Descriptor {
        require(patch >= 1 && stride >= 1, "patch = " + patch + ", stride = " + stride + ", both need >= 1.");
        require(patch % kind.cells() == 0, "patch = " + patch + ", needs a multiple of " + kind.cells() + " for " + OptionText.name(kind)
                + ".");
        require(appendXY >= 0 && Double.isFinite(appendXY), "append-xy = " + appendXY + ", needs a finite number >= 0.");
    }

    private static void require(boolean condition, String fact) {
        if (!condition) {
            throw new IllegalArgumentException("bagOfWords: " + fact);
        }
    }

    /** RAW: P = 6, S = 2, whitened. GRADIENT: P = 8, S = 4. SIFT: P = 16, S = 8. No places appended. */
    public static Descriptor of(Kind kind) {
        return switch (kind) {
            case RAW -> new Descriptor(kind, 6, 2, true, 0);
            case GRADIENT -> new Descriptor(kind, 8, 4, false, 0);
            case SIFT -> new Descriptor(kind, 16, 8, false, 0);
        };
    }

    /** This one with other patches. */
    public Descriptor withPatches(int side, int step) {
        return new Descriptor(kind, side, step, whiten, appendXY);
    }

    /** This one with or without whitening. */
    public Descriptor withWhitening(boolean value) {
        return new Descriptor(kind, patch, stride, value, appendXY);
    }

    /** This one with the patch's centre appended under a weight. */
    public Descriptor withXY(double weight) {
        return new Descriptor(kind, patch, stride, whiten, weight);
    }

    static Descriptor parse(OptionText options) {
        Descriptor base = of(options.choice("descriptor", Kind.class, Kind.RAW));
        return new Descriptor(base.kind, options.number("patch", base.patch), options.number("stride", base.stride),
                options.flag("whiten", base.whiten), options.real("append-xy", 0));
    }

    void write(Map<String, String> options) {
        options.put("descriptor", OptionText.name(kind));
        options.put("patch", Integer.toString(patch));
        options.put("stride", Integer.toString(stride));
        options.put("whiten", Boolean.toString(whiten));
        options.put("append-xy", Double.toString(appendXY));
    }

    /** Length of what is measured in a patch of these images, without places. */
    int size(Shape image) {
        int cells = kind.cells();
        return kind == Kind.RAW ? Math.toIntExact(image.dim(0) * patch * patch) : cells * cells * ORIENTATIONS;
    }

    /** Rows and columns of patches in these images. */
    Grid grid(Shape image) {
        Images.require("bagOfWords", image);
        long h = image.dim(1);
        long w = image.dim(2);
        require(h >= patch && w >= patch, "image " + h + "x" + w + " is smaller than patch " + patch + "x" + patch + ".");
        return new Grid((int) (h - patch) / stride + 1, (int) (w - patch) / stride + 1, (int) h, (int) w, this);
    }

    /** Where patches lie in an image. */
    record Grid(int rows, int columns, int height, int width, Descriptor descriptor) {
        int patches() {
            return rows * columns;
        }

        /** Centre of a patch, as a share of the height. */
        double y(int position) {
            return (position / columns * descriptor.stride + descriptor.patch / 2.0) / height;
        }

        /** Centre of a patch, as a share of the width. */
        double x(int position) {
            return (position % columns * descriptor.stride + descriptor.patch / 2.0) / width;
        }
    }
}
