package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.Datasets;
import dev.lamina.data.Fit;
import dev.lamina.data.ImageOptions;
import dev.lamina.features.Fitted;
import dev.lamina.io.Image;
import dev.lamina.io.ImageFile;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.Evaluator;
import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina predict}: classifies image files with a run's weights. */
@Command(name = "predict", mixinStandardHelpOptions = true, description = "Classifies PNG or JPEG images with a run's weights.",
        footer = {"", "Images are made grey if the model wants one channel, and resized to its input.",
            "A run on images fits them as it fitted its own.",
            "Digits of the built-in sets are light on dark; --invert turns dark ink on paper into that.", "", "Example:",
            "  lamina predict --run runs/mnist --invert seven.png"})
final class PredictCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--run", paramLabel = "RUN", description = "run folder (the latest under runs/)")
    private Path run;

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "PNG or JPEG files")
    private List<Path> images;

    @Mixin
    private BackendOption backendOption;

    @Option(names = PrecisionOption.NAME, paramLabel = "NAME", converter = PrecisionOption.class,
            description = PrecisionOption.MEANING + "; that of the run unless given")
    private Precision precision;

    @Option(names = "--invert", description = "swap light and dark")
    private boolean invert;

    @Option(names = "--top", defaultValue = "3", paramLabel = "N", description = "classes shown an image (${DEFAULT-VALUE})")
    private int top;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        RunFolder folder = RunFolder.open(run != null ? run : Runs.latest());
        Optional<Fitted> features = FeaturesOption.of(folder);
        Shape input = features.map(Fitted::sampleShape).orElse(folder.inputShape());
        Model model = ModelOption.create(folder.config(), folder.inputShape(), folder.classNames().size());
        Tensor batch = Tensor.zeros(DType.UINT8, Shape.of(images.size(), input.dim(0), input.dim(1), input.dim(2)));
        for (int i = 0; i < images.size(); i++) {
            batch.select(0, i).copyFrom(load(images.get(i), input, folder));
        }
        Precision numbers = precision == null ? folder.config().precision() : precision;
        try (Backend backend = backendOption.open(text); Evaluator evaluator = folder.evaluator(backend, model, numbers)) {
            Tensor probabilities = evaluator.predict(features.isEmpty() ? batch
                    : features.get().transform(backend, batch).reshape(images.size(), features.get().outputSize(), 1, 1));
            for (int i = 0; i < images.size(); i++) {
                Tensor row = probabilities.select(0, i);
                List<String> best = IntStream.range(0, folder.classNames().size()).boxed()
                        .sorted(Comparator.comparing((Integer k) -> -row.get(k))).limit(top)
                        .map(k -> "%s %.1f %%".formatted(folder.classNames().get(k), 100 * row.get(k))).toList();
                text.printf("%s: %s%n", images.get(i), String.join(", ", best));
            }
        }
        return 0;
    }

    /** The run's settings, with the size of its samples where they do not say: images from elsewhere are fitted to it. */
    static Map<String, String> imageSettings(RunFolder folder) {
        Map<String, String> settings = new TreeMap<>(folder.config().options());
        Shape input = folder.inputShape();
        if (!settings.containsKey(FeaturesOption.SETTING)) {
            settings.putIfAbsent(ImageOption.SIZE, input.dim(1) + "x" + input.dim(2));
            if (input.dim(0) == 1 || input.dim(0) == 3) {
                settings.putIfAbsent(ImageOption.CHANNELS, Long.toString(input.dim(0)));
            }
        }
        return settings;
    }

    private Tensor load(Path file, Shape input, RunFolder folder) throws IOException {
        Tensor image = ImageFile.read(file);
        if (Datasets.isFiles(folder.config().data()) || folder.config().options().containsKey(ImageOption.SIZE)) {
            ImageOptions options = new ImageOption().options(imageSettings(folder));
            Fit fit = new Fit((int) input.dim(0), (int) input.dim(1), (int) input.dim(2), options.shortSide());
            Tensor sample = fit.apply(Image.of(image)).tensor();
            return invert ? inverted(sample) : sample;
        }
        Tensor channels = input.dim(0) == 1 ? ImageFile.toGrey(image) : image;
        if (channels.shape().dim(0) != input.dim(0)) {
            throw new IllegalArgumentException(file + ": the image is grey, the model wants " + input.dim(0) + " channels.");
        }
        Tensor resized = ImageFile.resize(channels, (int) input.dim(1), (int) input.dim(2));
        return invert ? inverted(resized) : resized;
    }

    private static Tensor inverted(Tensor image) {
        long[] pixels = image.toLongs();
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (255 - pixels[i]);
        }
        return Tensor.ofBytes(bytes, image.shape().toArray());
    }
}
