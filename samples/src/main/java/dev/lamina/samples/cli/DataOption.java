package dev.lamina.samples.cli;

import dev.lamina.data.DataOptions;
import dev.lamina.data.Datasets;
import dev.lamina.data.DownloadProgress;
import dev.lamina.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that say where samples come from. */
final class DataOption {
    /** Under which a run's settings hold the folder. */
    static final String SETTING = "data-dir";

    @Option(names = "--data-dir", paramLabel = "DIR",
            description = "folder that holds the data sets' folders; else the variable LAMINA_DATA, else ~/.cache/lamina/data")
    private Path dir;

    @Option(names = "--download", description = "fetch missing files of public sets into the data folder, checked by sha256")
    private boolean download;

    /** The folder given, else the default one. */
    Path dir() {
        return (dir == null ? DataOptions.defaultDir() : dir).toAbsolutePath().normalize();
    }

    /** Opens a set from the folder given, else the one that the run's settings hold, else the default one. */
    Split open(String name, Map<String, String> settings, long seed, int trainLimit) throws IOException {
        Path from = dir == null && settings.containsKey(SETTING) ? Path.of(settings.get(SETTING)) : dir();
        DataOptions options = DataOptions.in(from).withSeed(seed).withLimits(trainLimit, 0);
        return Datasets.open(name, download ? options.downloading(DownloadProgress.NONE) : options);
    }
}
