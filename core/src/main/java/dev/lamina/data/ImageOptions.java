package dev.lamina.data;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How image files become samples. Immutable and thread-safe.
 *
 * @param height of a sample, 0 for that of the files, which must all be of one size then
 * @param width of a sample, 0 as above
 * @param shortSide to which images are resized before the centre is cut out; 0 to just cover the sample
 * @param channels 3, or 1 for grey; 0 for 3 of files and what they have of other sets
 * @param onCorrupt what is done about images that cannot be decoded
 * @param cacheBytes how many bytes of decoded images are kept in memory, 0 for none
 * @param holdOut share of the samples that is held out to judge by where files have no such part, in (0, 1)
 */
public record ImageOptions(int height, int width, int shortSide, int channels, OnCorrupt onCorrupt, long cacheBytes, double holdOut) {
    /** Share that is held out by default. */
    public static final double DEFAULT_HOLD_OUT = 0.2;

    private static final Pattern SIZE = Pattern.compile("(-?\\d{1,9})(?:x(-?\\d{1,9}))?");

    /** What is done about images that cannot be decoded. */
    public enum OnCorrupt {
        /** Reading one is an error, which names it. */
        REFUSE,
        /** All images are decoded once when the set is opened; those that cannot be are named in the log and left out. */
        SKIP
    }

    /**
     * Checked options.
     *
     * @throws IllegalArgumentException if a number is out of range
     */
    public ImageOptions {
        if (height < 0 || width < 0 || height > Fit.MOST || width > Fit.MOST || (height == 0) != (width == 0)) {
            throw new IllegalArgumentException("image size: " + height + " x " + width + ", needs 1 to " + Fit.MOST + " pixels a side.");
        }
        if (height > 0) {
            new Fit(1, height, width, shortSide);
        } else if (shortSide < 0) {
            throw new IllegalArgumentException("resize: short side " + shortSide + ", needs 0 to " + Fit.MOST
                    + "; 0 resizes to just cover the sample.");
        } else if (shortSide > 0) {
            throw new IllegalArgumentException("resize: short side " + shortSide
                    + " without an image size. Give the size of a sample too.");
        }
        if (channels != 0 && channels != 1 && channels != 3) {
            throw new IllegalArgumentException("image channels: " + channels + ", needs 1 (grey) or 3.");
        }
        if (cacheBytes < 0) {
            throw new IllegalArgumentException("image cache: " + cacheBytes + " bytes, needs >= 0.");
        }
        if (!(holdOut > 0 && holdOut < 1)) {
            throw new IllegalArgumentException("val-split: " + holdOut + ", needs 0 < share < 1.");
        }
    }

    /** Images as they are, corrupt ones refused, {@link #defaultCacheBytes} of them kept, a fifth held out. */
    public static ImageOptions defaults() {
        return new ImageOptions(0, 0, 0, 0, OnCorrupt.REFUSE, defaultCacheBytes(), DEFAULT_HOLD_OUT);
    }

    /** A quarter of the heap that this Java may use, at most 1 GiB. */
    public static long defaultCacheBytes() {
        return Math.min(1L << 30, Runtime.getRuntime().maxMemory() / 4);
    }

    /**
     * These options with the size of a sample in text: {@code N} or {@code HxW}.
     *
     * @param side to which the shorter side is resized; 0 to just cover the sample
     */
    public ImageOptions withSize(String text, int side) {
        Matcher matcher = SIZE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("image size: \"" + text + "\", needs N or HxW, e.g. 64 or 48x64.");
        }
        int h = Integer.parseInt(matcher.group(1));
        int w = matcher.group(2) == null ? h : Integer.parseInt(matcher.group(2));
        if (h < 1 || w < 1) {
            throw new IllegalArgumentException("image size: " + h + " x " + w + ", needs 1 to " + Fit.MOST + " pixels a side.");
        }
        return new ImageOptions(h, w, side, channels, onCorrupt, cacheBytes, holdOut);
    }

    /** These options with another number of channels. */
    public ImageOptions withChannels(int count) {
        return new ImageOptions(height, width, shortSide, count, onCorrupt, cacheBytes, holdOut);
    }

    /** These options with another answer to corrupt images. */
    public ImageOptions withOnCorrupt(OnCorrupt answer) {
        return new ImageOptions(height, width, shortSide, channels, answer, cacheBytes, holdOut);
    }

    /** These options with another limit of the memory for decoded images. */
    public ImageOptions withCacheBytes(long bytes) {
        return new ImageOptions(height, width, shortSide, channels, onCorrupt, bytes, holdOut);
    }

    /** These options with another share that is held out. */
    public ImageOptions withHoldOut(double share) {
        return new ImageOptions(height, width, shortSide, channels, onCorrupt, cacheBytes, share);
    }

    /** True if samples are to have a size of their own. */
    boolean sized() {
        return height > 0;
    }
}
