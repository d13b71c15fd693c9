package dev.lamina.samples.cli;

import dev.lamina.data.DataOptions;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** The option that says in which folder the data sets lie. */
final class FolderOption {
    @Option(names = "--data-dir", paramLabel = "DIR",
            description = "folder that holds the data sets' folders; else the variable LAMINA_DATA, else ~/.cache/lamina/data")
    private Path dir;

    /** The folder given, else the default one. */
    Path dir() {
        return (dir == null ? DataOptions.defaultDir() : dir).toAbsolutePath().normalize();
    }

    /** The folder given, else the one that a run's settings hold, else the default one. */
    Path dir(Map<String, String> settings) {
        return dir == null && settings.containsKey(DataOption.SETTING) ? Path.of(settings.get(DataOption.SETTING)) : dir();
    }
}
