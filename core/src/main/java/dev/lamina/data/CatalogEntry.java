package dev.lamina.data;

import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/**
 * A data set that consists of files. Immutable and thread-safe.
 *
 * @param name as the user writes it
 * @param folder sub-folder of the data folder
 * @param format how the files are read
 * @param trainFiles names without {@code .gz}; for IDX the images, then the labels
 * @param testFiles as {@code trainFiles}; none of images, whose one archive holds all parts
 * @param archive name of a {@code .tar.gz} which holds these files, or null
 * @param remote where the files or the archive can be fetched; empty if nowhere
 */
record CatalogEntry(String name, String description, String folder, Format format, Shape sampleShape, int trainSize, int testSize,
        List<String> classNames, List<String> trainFiles, List<String> testFiles, String archive, List<Remote> remote) {
    /** How the files of a set are read. */
    enum Format { IDX, CIFAR10, CIFAR100, OPTDIGITS, IMAGES }

    /**
     * A file that can be fetched.
     *
     * @param fileName its name, here and at each address
     * @param bases addresses to which the name is appended
     */
    record Remote(String fileName, List<String> bases, Checksum checksum) { }

    /** All files that must be there. */
    List<String> files() {
        return Stream.concat(trainFiles.stream(), testFiles.stream()).toList();
    }
}
