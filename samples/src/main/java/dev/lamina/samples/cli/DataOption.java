package dev.lamina.samples.cli;

import dev.lamina.data.DataOptions;
import dev.lamina.data.Datasets;
import dev.lamina.data.DownloadProgress;
import dev.lamina.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that say where samples come from. */
final class DataOption {
    @Option(names = "--data-dir", paramLabel = "DIR",
            description = "folder that holds the data sets' folders; else the variable LAMINA_DATA, else ~/.cache/lamina/data")
    private Path dir;

    @Option(names = "--download", description = "fetch missing files of public sets into the data folder, checked by sha256")
    private boolean download;

    boolean isGiven() {
        return dir != null;
    }

    Path dir() {
        return (dir == null ? DataOptions.defaultDir() : dir).toAbsolutePath().normalize();
    }

    Split open(String name, long seed, int trainLimit) throws IOException {
        DataOptions options = DataOptions.in(dir()).withSeed(seed).withLimits(trainLimit, 0);
        return Datasets.open(name, download ? options.downloading(DownloadProgress.NONE) : options);
    }

    static Split open(String name, Path dir, long seed, int trainLimit) throws IOException {
        return Datasets.open(name, DataOptions.in(dir).withSeed(seed).withLimits(trainLimit, 0));
    }
}
