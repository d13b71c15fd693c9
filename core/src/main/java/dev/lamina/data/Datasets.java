package dev.lamina.data;

import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The data sets known by name: {@code digits} (generated, needs no files), {@code mnist}, {@code fashion-mnist}, {@code cifar10},
 * {@code cifar10-part}, {@code cifar100}, {@code optdigits}.
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

    /**
     * Reads a data set into memory, after fetching it if the options allow that and it is missing.
     *
     * @throws IllegalArgumentException if the name is unknown
     * @throws DataException if files are missing, cannot be fetched or do not fit together
     * @throws IOException if a file cannot be read or is corrupt
     */
    public static Split open(String name, DataOptions options) throws IOException {
        if (name.equals(DIGITS)) {
            return Digits.split(options.seed(), options.trainLimit() == 0 ? Digits.DEFAULT_TRAIN : options.trainLimit(),
                    options.testLimit() == 0 ? Digits.DEFAULT_TEST : options.testLimit());
        }
        for (CatalogEntry entry : Catalog.ENTRIES) {
            if (entry.name().equals(name)) {
                return DataFiles.open(entry, options).first(options.trainLimit(), options.testLimit());
            }
        }
        throw new IllegalArgumentException("data \"" + name + "\": unknown; known are " + String.join(", ", names()) + ".");
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
