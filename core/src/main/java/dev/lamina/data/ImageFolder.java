package dev.lamina.data;

import dev.lamina.io.ImageHeader;
import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Images in folders, one a class, as a data set: {@code <class>/*} or {@code train/<class>/*} and {@code test/<class>/*} (or {@code val},
 * {@code valid}, {@code validation}), in a folder or in a zip archive. Classes are numbered in the order of their names. Without a part to
 * judge by, a share of each class is held out by the seed. Stateless and thread-safe.
 *
 * <p>Images are decoded when they are read. Grey, palette, 16-bit, and transparent images become RGB as {@link dev.lamina.io.ImageFile}
 * says; CMYK is refused.
 */
public final class ImageFolder {
    private static final Logger LOG = LoggerFactory.getLogger(ImageFolder.class);
    private static final int NAMED = 20;

    private ImageFolder() { }

    /**
     * Opens a folder or a zip archive. Reads names; of the images only their headers if the options give no size; all of them if corrupt
     * ones are to be skipped.
     *
     * @param seed of the choice of samples that are held out
     * @throws DataException if the layout is another, or images are of different sizes and no size is given
     */
    public static Split open(Path root, ImageOptions options, long seed) throws IOException {
        String file = String.valueOf(root.getFileName());
        return open(file.endsWith(".zip") ? file.substring(0, file.length() - 4) : file, root, options, seed, null);
    }

    /** True if there is no part to judge by, so that {@link #open} holds one out. */
    static boolean holdsOut(Path root) throws IOException {
        try (ImageTree tree = ImageTree.open(root)) {
            return ImageLayout.of(root.toString(), tree).test().isEmpty();
        }
    }

    /** {@link #open(Path, ImageOptions, long)} of a set whose images are known to have a shape. */
    static Split open(String name, Path root, ImageOptions options, long seed, Shape known) throws IOException {
        ImageTree tree = ImageTree.open(root);
        try {
            ImageLayout layout = ImageLayout.of(name, tree);
            int channels = options.channels() == 0 ? 3 : options.channels();
            ImageLayout.Part train = checked(name, tree, layout.train(), layout.classNames(), options);
            Optional<ImageLayout.Part> test = layout.test().isEmpty() ? Optional.empty()
                    : Optional.of(checked(name, tree, layout.test().get(), layout.classNames(), options));
            Fit fit = options.sized() ? new Fit(channels, options.height(), options.width(), options.shortSide())
                    : known != null ? Fit.to(Shape.of(channels, known.dim(1), known.dim(2))) : common(name, tree, channels, train, test);
            long judged = test.isEmpty() ? 0 : options.cacheBytes() / 5;
            Dataset learned = new ImageFiles(name, tree, train, layout.classNames(), fit, options.cacheBytes() - judged);
            if (test.isEmpty()) {
                return HoldOut.of(learned, options.holdOut(), seed);
            }
            return new Split(learned, new ImageFiles(name, tree, test.get(), layout.classNames(), fit, judged));
        } catch (UncheckedIOException e) {
            tree.close();
            throw e.getCause();
        } catch (IllegalArgumentException e) {
            tree.close();
            throw new DataException(e.getMessage(), e);
        } catch (IOException e) {
            tree.close();
            throw e;
        }
    }

    /** The part as it is, or without the images that cannot be decoded. */
    private static ImageLayout.Part checked(String name, ImageTree tree, ImageLayout.Part part, List<String> classes, ImageOptions options)
            throws DataException {
        if (options.onCorrupt() == ImageOptions.OnCorrupt.REFUSE) {
            return part;
        }
        String[] reasons = new String[part.paths().size()];
        IntStream.range(0, reasons.length).parallel().forEach(i -> {
            try {
                ImageFiles.decode(tree, part.paths().get(i));
            } catch (IOException e) {
                reasons[i] = e.getMessage();
            }
        });
        int[] good = IntStream.range(0, reasons.length).filter(i -> reasons[i] == null).toArray();
        int bad = reasons.length - good.length;
        if (bad == 0) {
            return part;
        }
        LOG.warn("data \"{}\": {} of {} images of {} are left out", name, bad, reasons.length, part.name());
        IntStream.range(0, reasons.length).filter(i -> reasons[i] != null).limit(NAMED).forEach(i -> LOG.warn("  {}", reasons[i]));
        if (bad > NAMED) {
            LOG.warn("  and {} more", bad - NAMED);
        }
        List<String> paths = new ArrayList<>();
        int[] counts = new int[classes.size()];
        for (int i : good) {
            paths.add(part.paths().get(i));
            counts[part.labels()[i]]++;
        }
        for (int label = 0; label < counts.length; label++) {
            if (counts[label] == 0) {
                throw new DataException("data \"" + name + "\": class \"" + classes.get(label) + "\" of " + part.name()
                        + " has no image that can be decoded.");
            }
        }
        return new ImageLayout.Part(part.name(), paths, IntStream.of(good).map(i -> part.labels()[i]).toArray());
    }

    /** The size that all images have. */
    private static Fit common(String name, ImageTree tree, int channels, ImageLayout.Part train, Optional<ImageLayout.Part> test)
            throws IOException {
        List<String> paths = new ArrayList<>(train.paths());
        test.ifPresent(part -> paths.addAll(part.paths()));
        ImageHeader first = header(tree, paths.getFirst());
        Optional<String> other = paths.parallelStream().filter(path -> {
            ImageHeader header = headerUnchecked(tree, path);
            return header.width() != first.width() || header.height() != first.height();
        }).findFirst();
        if (other.isPresent()) {
            ImageHeader second = header(tree, other.get());
            throw new DataException("data \"" + name + "\": images have different sizes, " + paths.getFirst() + " is " + first.width()
                    + " x " + first.height() + ", " + other.get() + " " + second.width() + " x " + second.height()
                    + ". Give the size of a sample, e.g. --image-size 64.");
        }
        return Fit.to(Shape.of(channels, first.height(), first.width()));
    }

    private static ImageHeader headerUnchecked(ImageTree tree, String path) {
        try {
            return header(tree, path);
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }

    private static ImageHeader header(ImageTree tree, String path) throws IOException {
        return ImageHeader.parse(path, ImageFiles.read(tree, path));
    }
}
