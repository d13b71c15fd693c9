package dev.lamina.data;

import dev.lamina.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is known about a data set before it is read. Immutable and thread-safe.
 *
 * @param name as {@link Datasets#open} takes it
 * @param description one line
 * @param sampleShape {@code [C, H, W]}
 * @param classes number of classes
 * @param trainSize training samples of the published set
 * @param testSize test samples of the published set
 * @param lookedIn folders in which it was looked for, in order; empty if it needs no files
 * @param foundIn the folder with all its files; empty if it is not there or needs none
 * @param present whether it can be opened without a download
 * @param downloadable whether an address is known
 */
public record DatasetInfo(String name, String description, Shape sampleShape, int classes, int trainSize, int testSize,
        List<Path> lookedIn, Optional<Path> foundIn, boolean present, boolean downloadable) {
    /** Copies the list. */
    public DatasetInfo {
        lookedIn = List.copyOf(lookedIn);
    }
}
