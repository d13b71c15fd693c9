package dev.lamina.samples.cli;

import dev.lamina.data.Datasets;
import dev.lamina.data.ImageOptions;
import dev.lamina.tensor.Shape;
import dev.lamina.train.RunFolder;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options that say how images become samples. */
final class ImageOption {
    /** Under which a run's settings hold the size of a sample. */
    static final String SIZE = "image-size";
    /** Under which they hold the number of channels. */
    static final String CHANNELS = "image-channels";
    /** Under which they hold the share of the samples that is held out. */
    static final String VAL_SPLIT = "val-split";
    /** Under which they hold what the shorter side is resized to. */
    static final String RESIZE = "resize";
    private static final String ON_CORRUPT = "on-corrupt";

    @Option(names = {"--image-size", "--crop"}, paramLabel = "N|HxW",
            description = "size of a sample: images are resized, and the centre is cut out (that of the images, all of one size)")
    private String size;

    @Option(names = "--resize", paramLabel = "S",
            description = "resize the shorter side to S before the centre is cut out (just cover the sample)")
    private Integer resize;

    @Option(names = "--image-channels", paramLabel = "C", description = "3, or 1 for grey (3 of files, else those of the data set)")
    private Integer channels;

    @Option(names = "--on-corrupt", paramLabel = "ANSWER",
            description = "images that cannot be decoded: refuse (default), or skip: decode all once at the start and leave those out")
    private String onCorrupt;

    @Option(names = "--image-cache", paramLabel = "SIZE",
            description = "memory for decoded images, e.g. 512MiB, 0 for none (a quarter of the heap, at most 1GiB)")
    private String cache;

    @Option(names = "--val-split", paramLabel = "SHARE", description = "judge by this share of each class of the training samples, drawn "
            + "by the seed (0.2 of image folders without test samples)")
    private Double valSplit;

    /** What a run must remember: the options that were given. */
    Map<String, String> settings() {
        Map<String, String> settings = new TreeMap<>();
        put(settings, SIZE, size);
        put(settings, RESIZE, resize);
        put(settings, CHANNELS, channels);
        put(settings, ON_CORRUPT, onCorrupt);
        put(settings, VAL_SPLIT, valSplit);
        return settings;
    }

    /** A run's settings, with the size of its samples where they do not say: files of images, of any size, are fitted to it. */
    static Map<String, String> ofRun(RunFolder folder, String data) {
        Map<String, String> settings = new TreeMap<>(folder.config().options());
        Shape input = folder.inputShape();
        if (Datasets.isFiles(data) && !settings.containsKey(FeaturesOption.SETTING)) {
            settings.putIfAbsent(SIZE, input.dim(1) + "x" + input.dim(2));
            if (input.dim(0) == 1 || input.dim(0) == 3) {
                settings.putIfAbsent(CHANNELS, Long.toString(input.dim(0)));
            }
        }
        return settings;
    }

    private static void put(Map<String, String> settings, String name, Object value) {
        if (value != null) {
            settings.put(name, value.toString());
        }
    }

    /** The options given here, else those that the run's settings hold, else the defaults. */
    ImageOptions options(Map<String, String> run) {
        Map<String, String> all = new TreeMap<>(run);
        all.putAll(settings());
        ImageOptions options = ImageOptions.defaults();
        if (all.containsKey(SIZE)) {
            options = options.withSize(all.get(SIZE), Integer.parseInt(all.getOrDefault(RESIZE, "0")));
        } else if (all.containsKey(RESIZE)) {
            throw new IllegalArgumentException("--resize " + all.get(RESIZE) + ": needs --image-size too, the size of a sample.");
        }
        if (all.containsKey(CHANNELS)) {
            options = options.withChannels(Integer.parseInt(all.get(CHANNELS)));
        }
        if (all.containsKey(ON_CORRUPT)) {
            options = options.withOnCorrupt(answer(all.get(ON_CORRUPT)));
        }
        if (all.containsKey(VAL_SPLIT)) {
            options = options.withHoldOut(Double.parseDouble(all.get(VAL_SPLIT)));
        }
        return cache == null ? options : options.withCacheBytes(SummaryCommand.bytes("--image-cache", cache));
    }

    /** Refuses options of image files for a set that has none. */
    void requireUse(String data) {
        if ((onCorrupt != null || cache != null) && !Datasets.isFiles(data)) {
            throw new IllegalArgumentException((onCorrupt != null ? "--on-corrupt " + onCorrupt : "--image-cache " + cache) + ": data \""
                    + data + "\" has no image files, so there is nothing to decode. Leave it out.");
        }
    }

    private static ImageOptions.OnCorrupt answer(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "refuse" -> ImageOptions.OnCorrupt.REFUSE;
            case "skip" -> ImageOptions.OnCorrupt.SKIP;
            default -> throw new IllegalArgumentException("--on-corrupt " + text + ": unknown; known are refuse, skip.");
        };
    }
}
