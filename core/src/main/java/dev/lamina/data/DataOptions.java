package dev.lamina.data;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where a data set comes from and how much of it is wanted. Immutable and thread-safe.
 *
 * @param dir folder that holds the sets' own folders ({@code mnist/} and so on), or the files of one set directly
 * @param download whether files that are missing are fetched into {@code dir}
 * @param seed seed of generated sets
 * @param trainLimit training samples wanted at most, the first ones; 0 for all. Of generated sets exactly so many are made.
 * @param testLimit test samples wanted at most; 0 for all, as above
 * @param progress hears how far downloads are
 * @param images how images become samples
 */
public record DataOptions(Path dir, boolean download, long seed, int trainLimit, int testLimit, DownloadProgress progress,
        ImageOptions images) {
    /** Name of the environment variable that holds the default folder. */
    public static final String DIR_VARIABLE = "LAMINA_DATA";

    /**
     * Checked options.
     *
     * @throws IllegalArgumentException if a limit is negative
     */
    public DataOptions {
        if (trainLimit < 0 || testLimit < 0) {
            throw new IllegalArgumentException("data: trainLimit = " + trainLimit + ", testLimit = " + testLimit
                    + ", needs >= 0 (0 for all samples).");
        }
    }

    /** Everything from the default folder ({@link #defaultDir()}), nothing fetched, seed 0. */
    public static DataOptions defaults() {
        return in(defaultDir());
    }

    /** Everything from this folder, nothing fetched, seed 0. */
    public static DataOptions in(Path dir) {
        return new DataOptions(dir, false, 0, 0, 0, DownloadProgress.NONE, ImageOptions.defaults());
    }

    /** The folder in the environment variable {@value #DIR_VARIABLE}, else {@code ~/.cache/lamina/data}. */
    public static Path defaultDir() {
        return defaultDir(System.getenv(), System.getProperty("user.home"));
    }

    static Path defaultDir(Map<String, String> environment, String home) {
        String named = environment.get(DIR_VARIABLE);
        return named == null || named.isBlank() ? Path.of(home, ".cache", "lamina", "data") : Path.of(named);
    }

    /** These options with downloads, heard by the listener. */
    public DataOptions downloading(DownloadProgress listener) {
        return new DataOptions(dir, true, seed, trainLimit, testLimit, listener, images);
    }

    /** These options with another seed. */
    public DataOptions withSeed(long newSeed) {
        return new DataOptions(dir, download, newSeed, trainLimit, testLimit, progress, images);
    }

    /** These options with other limits; 0 for all samples. */
    public DataOptions withLimits(int train, int test) {
        return new DataOptions(dir, download, seed, train, test, progress, images);
    }

    /** These options with another way from images to samples. */
    public DataOptions withImages(ImageOptions other) {
        return new DataOptions(dir, download, seed, trainLimit, testLimit, progress, other);
    }
}
