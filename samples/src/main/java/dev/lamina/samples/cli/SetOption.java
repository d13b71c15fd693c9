package dev.lamina.samples.cli;

import dev.lamina.data.DataOptions;
import dev.lamina.data.Datasets;
import dev.lamina.data.DownloadProgress;
import dev.lamina.data.ImageOptions;
import dev.lamina.data.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say where samples come from, for commands that take them as they are. */
final class SetOption {
    @Mixin
    private FolderOption folder;

    @Option(names = "--download", description = "fetch missing files of public sets into the data folder, checked by sha256")
    private boolean download;

    /** The data folder given, else the default one. */
    Path dir() {
        return folder.dir();
    }

    /** Opens a set from the folder given, else the one that the run's settings hold, else the default one. */
    Split open(String name, Map<String, String> settings, long seed, int trainLimit) throws IOException {
        return open(name, settings, seed, trainLimit, ImageOptions.defaults());
    }

    /** As above, with images fitted. */
    Split open(String name, Map<String, String> settings, long seed, int trainLimit, ImageOptions how) throws IOException {
        DataOptions options = DataOptions.in(folder.dir(settings)).withSeed(seed).withLimits(trainLimit, 0).withImages(how);
        return Datasets.open(name, download ? options.downloading(DownloadProgress.NONE) : options);
    }
}
