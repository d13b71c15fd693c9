package dev.lamina.data;

import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The data sets known by name: {@code digits} (generated, needs no files), {@code mnist}, {@code fashion-mnist}, {@code cifar10},
 * {@code cifar10-part}, {@code cifar100}, {@code optdigits}, {@code cifar10-jpg}, {@code flowers}; besides, folders of images by path.
 *
 * <p>Files are looked for in the set's own sub-folder of the data folder ({@code mnist/} and so on; {@code cifar10/} also for
 * {@code cifar10-part}) and in the data folder itself, plain or as {@code .gz}; CIFAR also as the published {@code .tar.gz}, which is
 * unpacked beside itself. Stateless and thread-safe.
 */
public final class Datasets {
    private static final String DIGITS = "digits";

    private Datasets() { }

    /** Names that {@link #open} takes. */
    public static List<String> names() {
        return Stream.concat(Stream.of(DIGITS), Catalog.ENTRIES.stream().map(CatalogEntry::name)).toList();
    }

    /** True of the path of a folder or file that is there, unless a set has that name. */
    public static boolean isPath(String name) {
        try {
            return !names().contains(name) && Files.exists(Path.of(name));
        } catch (InvalidPathException _) {
            return false;
        }
    }

    /** True if a set consists of image files: by its name, or as a path. */
    public static boolean isFiles(String name) {
        return Catalog.ENTRIES.stream().anyMatch(entry -> entry.name().equals(name) && entry.format() == CatalogEntry.Format.IMAGES)
                || !names().contains(name);
    }

    /** True if a set has no samples to judge by of its own, so that {@link #open} holds some out. */
    public static boolean holdsOut(String name) throws IOException {
        return isPath(name) ? ImageFolder.holdsOut(Path.of(name)) : name.equals("flowers");
    }

    /**
     * Reads a data set into memory, after fetching it if the options allow that and it is missing; images are read when they are used.
     *
     * @param name a known one, or the path of a folder or zip archive of images ({@link ImageFolder})
     * @throws IllegalArgumentException if the name is unknown, or samples that are no images are to be resized
     * @throws DataException if files are missing, cannot be fetched or do not fit together
     * @throws IOException if a file cannot be read or is corrupt
     */
    public static Split open(String name, DataOptions options) throws IOException {
        if (isPath(name)) {
            return ImageFolder.open(Path.of(name), options.images(), options.seed()).first(options.trainLimit(), options.testLimit());
        }
        if (name.equals(DIGITS)) {
            return fitted(Digits.split(options.seed(), options.trainLimit() == 0 ? Digits.DEFAULT_TRAIN : options.trainLimit(),
                    options.testLimit() == 0 ? Digits.DEFAULT_TEST : options.testLimit()), options.images());
        }
        for (CatalogEntry entry : Catalog.ENTRIES) {
            if (entry.name().equals(name)) {
                Split split = DataFiles.open(entry, options).first(options.trainLimit(), options.testLimit());
                return entry.format() == CatalogEntry.Format.IMAGES ? split : fitted(split, options.images());
            }
        }
        throw new IllegalArgumentException("data \"" + name + "\": unknown; known are " + String.join(", ", names())
                + ", and paths of folders or .zip files of images.");
    }

    /** Sets in memory in the size and the channels that were asked for. */
    private static Split fitted(Split split, ImageOptions images) {
        Shape own = split.train().sampleShape();
        int channels = images.channels() == 0 ? (int) own.dim(0) : images.channels();
        Shape wanted = images.sized() ? Shape.of(channels, images.height(), images.width()) : Shape.of(channels, own.dim(1), own.dim(2));
        if (wanted.equals(own) && images.shortSide() == 0) {
            return split;
        }
        Fit fit = new Fit(channels, (int) wanted.dim(1), (int) wanted.dim(2), images.shortSide());
        return new Split(fit.apply(split.train()), fit.apply(split.test()));
    }

    /** All sets, and whether they are in a data folder. Looks for file names only, reads nothing. */
    public static List<DatasetInfo> list(Path dir) {
        List<DatasetInfo> infos = new ArrayList<>();
        infos.add(new DatasetInfo(DIGITS, "generated handwritten-like digits, 28x28 grey; needs no files",
                Shape.of(1, Digits.SIDE, Digits.SIDE), Digits.CLASS_NAMES.size(), Digits.DEFAULT_TRAIN, Digits.DEFAULT_TEST, List.of(),
                Optional.empty(), true, false));
        for (CatalogEntry entry : Catalog.ENTRIES) {
            Optional<Path> found = DataFiles.locate(entry, dir);
            infos.add(new DatasetInfo(entry.name(), entry.description(), entry.sampleShape(), entry.classNames().size(), entry.trainSize(),
                    entry.testSize(), DataFiles.folders(entry, dir), found, found.isPresent(), !entry.remote().isEmpty()));
        }
        return infos;
    }
}
