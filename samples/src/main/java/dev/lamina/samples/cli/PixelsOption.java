package dev.lamina.samples.cli;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.models.OnnxNetwork;
import dev.lamina.nn.Model;
import dev.lamina.train.RunFolder;
import dev.lamina.train.StartWeights;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;

/** The option that says how pixels become the numbers that the model of an ONNX file takes, and such files in place of run folders. */
final class PixelsOption {
    /** What the data of a file that was not trained here is called. */
    static final String NO_DATA = "";
    /** Under which the settings of such a file hold whether its classes have numbers only. */
    private static final String NUMBERED = "classes-numbered";

    @Option(names = "--pixels", paramLabel = "HOW",
            description = "ONNX files: what pixels are to the model: raw (0 to 255), unit (0 to 1), imagenet (less the mean of ImageNet, "
                    + "by its deviation), or MEAN,...:STD,... of pixels from 0 to 1, one a channel, e.g. 0.1307:0.3081")
    private String pixels;

    /** The run of a folder, or the model of an ONNX file as a run. */
    RunFolder open(Path path) throws IOException {
        if (!OnnxNetwork.isFile(path.toString()) || Files.isDirectory(path)) {
            if (pixels != null) {
                throw new IllegalArgumentException("--pixels " + pixels + ": " + path + " is a run, which knows how its pixels were "
                        + "normalised. Leave it out.");
            }
            return RunFolder.open(path);
        }
        OnnxNetwork network = OnnxNetwork.read(path);
        Model model = network.model();
        Optional<List<String>> named = network.classNames();
        List<String> names = named.orElseGet(() -> IntStream.range(0, model.classes()).mapToObj(k -> "class " + k).toList());
        TrainConfig config = TrainConfig.builder(path.toAbsolutePath().normalize().toString(), NO_DATA)
                .options(Map.of(NUMBERED, Boolean.toString(named.isEmpty()))).build();
        return RunFolder.of(path, config, model.inputShape(), names, statistics(path.toString(), network),
                model.parameters().initialValues(0));
    }

    /** Whether a run is an ONNX file that does not name its classes. */
    static boolean isNameless(RunFolder run) {
        return Boolean.parseBoolean(run.config().options().get(NUMBERED));
    }

    /**
     * What a new run starts from: of a model out of an ONNX file the file's weights, and pixels as they are to it.
     *
     * @param other weights that the run was told to start from; null for none
     */
    StartWeights start(TrainConfig config, Model model, StartWeights other) throws IOException {
        if (!OnnxNetwork.isFile(config.model())) {
            if (pixels != null) {
                throw new IllegalArgumentException("--pixels " + pixels + ": is for models out of ONNX files; others take pixels less the "
                        + "mean of the training samples, by their deviation. Leave it out.");
            }
            return other;
        }
        if (other != null) {
            throw new IllegalArgumentException("--from " + config.fineTuning().from() + ": model " + config.model()
                    + " brings the weights to start from. Leave out one of them.");
        }
        Path file = Path.of(config.model());
        return new StartWeights(file.getFileName().toString(), model.parameters().initialValues(config.seed()),
                Optional.of(statistics(config.model(), OnnxNetwork.read(file))));
    }

    /** As the option says, else as the file does. */
    ChannelStatistics statistics(String file, OnnxNetwork network) {
        int channels = Math.toIntExact(network.input().dim(0));
        if (pixels != null) {
            return parse(channels);
        }
        Optional<ChannelStatistics> own = network.statistics();
        return own.orElseThrow(() -> new IllegalArgumentException(file + ": the file does not say how pixels are normalised. Give --pixels "
                + "raw, unit, imagenet or MEAN,...:STD,..., as the model was trained."));
    }

    private ChannelStatistics parse(int channels) {
        return switch (pixels.toLowerCase(Locale.ROOT)) {
            case "raw" -> ChannelStatistics.raw(channels);
            case "unit" -> new ChannelStatistics(Collections.nCopies(channels, 0.0), Collections.nCopies(channels, 1.0));
            case "imagenet" -> {
                require(channels == 3, "has 3 channels, the model takes " + channels + ".");
                yield new ChannelStatistics(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));
            }
            default -> {
                String[] parts = pixels.split(":", -1);
                require(parts.length == 2, "needs raw, unit, imagenet or MEAN,...:STD,...");
                yield new ChannelStatistics(numbers(parts[0], channels, false), numbers(parts[1], channels, true));
            }
        };
    }

    private List<Double> numbers(String text, int channels, boolean positive) {
        List<Double> numbers;
        try {
            numbers = Arrays.stream(text.split(",", -1)).map(String::strip).map(Double::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--pixels " + pixels + ": \"" + text + "\" is no list of numbers.", e);
        }
        require(numbers.stream().allMatch(d -> Double.isFinite(d) && (!positive || d > 0)), "needs finite means and deviations > 0.");
        require(numbers.size() == channels, "has " + numbers.size() + " numbers, the model takes " + channels + " channels.");
        return numbers;
    }

    private void require(boolean holds, String fact) {
        if (!holds) {
            throw new IllegalArgumentException("--pixels " + pixels + ": " + fact);
        }
    }
}
