package dev.lamina.samples.cli;

import dev.lamina.data.Datasets;
import dev.lamina.data.HoldOut;
import dev.lamina.data.ImageOptions;
import dev.lamina.data.Split;
import dev.lamina.samples.runs.JudgedBy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;

/** The options that say where samples come from, how images become samples, and which of them are held out. */
final class DataOption {
    /** Under which a run's settings hold the folder. */
    static final String SETTING = "data-dir";
    /** What names a data set, for usage messages. */
    static final String MEANING = "a data set (`lamina datasets` lists them), "
            + "or the path of a folder or .zip of images, one folder a class";

    @Mixin
    private SetOption set;

    @Mixin
    private ImageOption images;

    /** What a run must remember of these options. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>(images.settings());
        settings.put(SETTING, set.dir().toString());
        return settings;
    }

    /** A data set's name as a run remembers it: paths become absolute. */
    static String remembered(String name) {
        return Datasets.isPath(name) ? Path.of(name).toAbsolutePath().normalize().toString() : name;
    }

    /**
     * Opens a set from the folder given, else the one that the run's settings hold, else the default one. A share to hold out that is
     * given is held out; one that is in the settings only where the set has no samples to judge by.
     */
    Split open(String name, Map<String, String> settings, long seed, int trainLimit) throws IOException {
        return open(name, settings, images.settings(), seed, trainLimit);
    }

    /** As above for training: a share that is in the run's settings is held out too. */
    Split openToTrain(String name, Map<String, String> settings, long seed, int trainLimit) throws IOException {
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(images.settings());
        return open(name, settings, all, seed, trainLimit);
    }

    /** Opens a set with the options given here, but keeps no decoded images. */
    Split withoutCache(String name, long seed) throws IOException {
        return heldOut(set.open(name, Map.of(), seed, 0, images.options(Map.of()).withCacheBytes(0)), name, images.settings(), seed);
    }

    private Split open(String name, Map<String, String> settings, Map<String, String> held, long seed, int trainLimit)
            throws IOException {
        ImageOptions how = images.options(settings);
        images.requireUse(name);
        return heldOut(set.open(name, settings, seed, trainLimit, how), name, held, seed);
    }

    /** By which samples a run is judged that {@link #openToTrain} opens. */
    static JudgedBy judge(String name, Map<String, String> settings) throws IOException {
        return settings.containsKey(ImageOption.VAL_SPLIT) || Datasets.holdsOut(name) ? JudgedBy.HELD_OUT : JudgedBy.TEST;
    }

    /** Sets without samples to judge by hold out the share themselves. */
    private static Split heldOut(Split split, String name, Map<String, String> settings, long seed) throws IOException {
        String share = settings.get(ImageOption.VAL_SPLIT);
        return share == null || Datasets.holdsOut(name) ? split : HoldOut.of(split.train(), Double.parseDouble(share), seed);
    }
}
