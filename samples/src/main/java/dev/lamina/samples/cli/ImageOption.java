package dev.lamina.samples.cli;

import dev.lamina.data.ImageOptions;
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
    private static final String RESIZE = "resize";
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

    private static ImageOptions.OnCorrupt answer(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "refuse" -> ImageOptions.OnCorrupt.REFUSE;
            case "skip" -> ImageOptions.OnCorrupt.SKIP;
            default -> throw new IllegalArgumentException("--on-corrupt " + text + ": unknown; known are refuse, skip.");
        };
    }
}
