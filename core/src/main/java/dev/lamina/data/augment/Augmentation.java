package dev.lamina.data.augment;

import dev.lamina.data.Dataset;
import dev.lamina.data.Fit;
import dev.lamina.data.Mixing;
import dev.lamina.data.SampleReader;
import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Random changes to training images, read from text: names joined by {@code +}, each with numbers after a colon.
 *
 * <pre>
 *   resize:S             the source image with its shorter side S; first only
 *   rrc[:a,b[,r,s]]      a random part of the source image of area a..b and ratio r..s, resized to the sample; first only
 *                        (0.08,1,0.75,1.3333333333)
 *   crop[:P]             padding P of black on all sides, then a random part of the sample's size (0)
 *   flip[:p]             mirrored, left for right, with probability p (0.5)
 *   jitter:b,c,s,h       brightness, contrast, saturation and hue as torchvision's ColorJitter; the last ones may be left out
 *   pca[:d]              noise along the colours' principal axes (0.1)
 *   cutout:S             a black square of side S
 *   mixup:A, cutmix:A    samples of a batch mixed, shares from Beta(A, A); last only, one of them
 * </pre>
 *
 * <p>Without {@code resize} or {@code rrc} at its head, the steps start from the sample as evaluation sees it. An image that has not the
 * sample's size in the end is fitted ({@link Fit}). Each step draws from the sample's own stream, so a sample depends on (seed, epoch,
 * index) alone. Immutable and thread-safe.
 */
public final class Augmentation {
    private static final int LONGEST = 500;
    private static final List<String> NAMES = List.of("resize", "rrc", "crop", "flip", "jitter", "pca", "cutout", "mixup", "cutmix");

    private final List<Step> steps;
    private final Mixing mixing;

    private Augmentation(List<Step> steps, Mixing mixing) {
        this.steps = List.copyOf(steps);
        this.mixing = mixing;
    }

    /** No change. */
    public static Augmentation none() {
        return new Augmentation(List.of(), null);
    }

    /**
     * The augmentation of a text; {@code none} or an empty text is no change.
     *
     * @throws IllegalArgumentException if a name is unknown, a number out of range, or the order is not possible
     */
    public static Augmentation parse(String text) {
        if (text.isEmpty() || text.equals("none")) {
            return none();
        }
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("augment: " + text.length() + " characters, needs at most " + LONGEST + ".");
        }
        List<Step> steps = new ArrayList<>();
        Mixing mixing = null;
        Set<String> seen = new HashSet<>();
        for (String part : text.split("\\+", -1)) {
            StepText step = StepText.of(part);
            if (!NAMES.contains(step.name())) {
                throw step.error("unknown; known are " + String.join(", ", NAMES));
            }
            if (!seen.add(step.name())) {
                throw step.error("comes twice. Leave one out");
            }
            if (mixing != null) {
                throw step.error("comes after mixup or cutmix, which must be the last and only one. Change the order");
            }
            if (step.name().equals("mixup") || step.name().equals("cutmix")) {
                double alpha = step.count(1, 1).number(0, "alpha", 0.001, 100, 0);
                mixing = new Mixing(step.name().equals("mixup") ? Mixing.Kind.MIXUP : Mixing.Kind.CUTMIX, alpha);
                continue;
            }
            Step made = step(step);
            if (made.fromSource() && !steps.isEmpty()) {
                throw step.error("starts from the source image and must come first. Change the order");
            }
            steps.add(made);
        }
        if (steps.stream().anyMatch(Resize.class::isInstance) && steps.stream().noneMatch(RandomCrop.class::isInstance)) {
            throw new IllegalArgumentException("augment \"" + brief(text) + "\": resize leaves an image larger than the sample. Add crop.");
        }
        return new Augmentation(steps, mixing);
    }

    private static Step step(StepText text) {
        return switch (text.name()) {
            case "resize" -> new Resize(text.count(1, 1).whole(0, "short side", 1, Fit.MOST, 0));
            case "rrc" -> cut(text.count(0, 4));
            case "crop" -> new RandomCrop(text.count(0, 1).whole(0, "padding", 0, 1024, 0));
            case "flip" -> new Flip(text.count(0, 1).number(0, "probability", 0, 1, 0.5));
            case "jitter" -> new Jitter(text.count(1, 4).number(0, "brightness", 0, 10, 0), text.number(1, "contrast", 0, 10, 0),
                    text.number(2, "saturation", 0, 10, 0), text.number(3, "hue", 0, 0.5, 0));
            case "pca" -> new ColourNoise(text.count(0, 1).number(0, "deviation", 0, 10, 0.1));
            default -> new Cutout(text.count(1, 1).whole(0, "side", 1, Fit.MOST, 0));
        };
    }

    private static Step cut(StepText text) {
        RandomResizedCrop step = new RandomResizedCrop(text.number(0, "smallest area", 0.0001, 1, 0.08),
                text.number(1, "largest area", 0.0001, 1, 1), text.number(2, "smallest ratio", 0.01, 100, 3.0 / 4),
                text.number(3, "largest ratio", 0.01, 100, 4.0 / 3));
        if (step.least() > step.most() || step.narrow() > step.wide()) {
            throw text.error("a range ends before it begins, " + step.text());
        }
        return step;
    }

    /** The text with all numbers; {@code none} of no change. */
    public String text() {
        Stream<String> mixed = Stream.ofNullable(mixing)
                .map(m -> m.kind().name().toLowerCase(Locale.ROOT) + ":" + StepText.plain(m.alpha()));
        String text = Stream.concat(steps.stream().map(Step::text), mixed).collect(Collectors.joining("+"));
        return text.isEmpty() ? "none" : text;
    }

    /** How samples of a batch are mixed. */
    public Optional<Mixing> mixing() {
        return Optional.ofNullable(mixing);
    }

    /** True if nothing is changed. */
    public boolean isNone() {
        return steps.isEmpty() && mixing == null;
    }

    /**
     * The reader that makes augmented samples of a data set. Where a step needs the colours' axes, this reads all samples once.
     *
     * @throws IllegalArgumentException if the steps do not fit the samples
     */
    public SampleReader reader(Dataset data) {
        if (steps.isEmpty()) {
            return SampleReader.PLAIN;
        }
        Shape sample = data.sampleShape();
        if (data.sampleType() != DType.UINT8) {
            throw new IllegalArgumentException("augment \"" + text() + "\": samples of \"" + data.name() + "\" are " + data.sampleType()
                    + ", only uint8 images can be changed.");
        }
        long shortest = Math.min(sample.dim(1), sample.dim(2));
        for (Step step : steps) {
            step.check(sample, shortest);
            shortest = step instanceof Resize resize ? resize.side() : Math.min(sample.dim(1), sample.dim(2));
        }
        Fit fit = Fit.to(sample);
        boolean axes = steps.stream().anyMatch(ColourNoise.class::isInstance);
        Step.Target target = new Step.Target(fit.height(), fit.width(), axes ? ColourAxes.of(data) : null);
        boolean fromSource = steps.getFirst().fromSource();
        return (from, index, into, random) -> {
            Image image;
            if (fromSource) {
                image = from.source(index).withChannels(fit.channels());
            } else {
                from.read(index, into);
                image = Image.of(into);
            }
            for (Step step : steps) {
                image = step.apply(image, random, target);
            }
            fit.apply(image).copyTo(into);
        };
    }

    /** Text of a user, for a message: without control characters, and not long. */
    static String brief(String text) {
        return (text.length() > 60 ? text.substring(0, 60) + "..." : text).replaceAll("\\p{Cntrl}", "?");
    }
}
