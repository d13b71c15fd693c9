package dev.lamina.samples.cli;

import dev.lamina.data.DataOptions;
import dev.lamina.data.Datasets;
import dev.lamina.data.DownloadProgress;
import dev.lamina.data.ImageOptions;
import dev.lamina.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say where samples come from. */
final class DataOption {
    /** Under which a run's settings hold the folder. */
    static final String SETTING = "data-dir";
    /** What names a data set, for usage messages. */
    static final String MEANING = "a data set (`lamina datasets` lists them), "
            + "or the path of a folder or .zip of images, one folder a class";

    @Option(names = "--data-dir", paramLabel = "DIR",
            description = "folder that holds the data sets' folders; else the variable LAMINA_DATA, else ~/.cache/lamina/data")
    private Path dir;

    @Option(names = "--download", description = "fetch missing files of public sets into the data folder, checked by sha256")
    private boolean download;

    @Mixin
    private ImageOption images;

    /** What a run must remember of these options. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(images.settings());
        settings.put(SETTING, dir().toString());
        return settings;
    }

    /** A data set's name as a run remembers it: paths become absolute. */
    static String remembered(String name) {
        return Datasets.isPath(name) ? Path.of(name).toAbsolutePath().normalize().toString() : name;
    }

    /** The folder given, else the default one. */
    Path dir() {
        return (dir == null ? DataOptions.defaultDir() : dir).toAbsolutePath().normalize();
    }

    /** Opens a set from the folder given, else the one that the run's settings hold, else the default one. */
    Split open(String name, Map<String, String> settings, long seed, int trainLimit) throws IOException {
        return open(name, settings, seed, trainLimit, images.options(settings));
    }

    /** Opens a set with the options given here, but keeps no decoded images. */
    Split withoutCache(String name, long seed) throws IOException {
        return open(name, Map.of(), seed, 0, images.options(Map.of()).withCacheBytes(0));
    }

    private Split open(String name, Map<String, String> settings, long seed, int trainLimit, ImageOptions how) throws IOException {
        Path from = dir == null && settings.containsKey(SETTING) ? Path.of(settings.get(SETTING)) : dir();
        DataOptions options = DataOptions.in(from).withSeed(seed).withLimits(trainLimit, 0).withImages(how);
        return Datasets.open(name, download ? options.downloading(DownloadProgress.NONE) : options);
    }
}
