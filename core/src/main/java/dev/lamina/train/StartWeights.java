package dev.lamina.train;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.graph.TensorType;
import dev.lamina.io.CorruptFileException;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Weights that a run starts from in place of random ones. Immutable.
 *
 * @param source where they come from, for people
 * @param tensors parameters and buffers by name; others are left aside
 * @param statistics by which the samples that they come from were normalised, if that is known; the run then normalises its own by them
 */
public record StartWeights(String source, Map<String, Tensor> tensors, Optional<ChannelStatistics> statistics) {
    private static final String MEAN = "lamina.mean";
    private static final String STD = "lamina.std";

    /**
     * The weights of a run folder, or of a file in the safetensors format.
     *
     * @throws TrainingException if there is neither
     * @throws IOException if it cannot be read
     */
    public static StartWeights of(Path from) throws IOException {
        if (Files.isDirectory(from)) {
            RunFolder run = RunFolder.open(from);
            return new StartWeights(from.toString(), run.weights(), Optional.of(run.statistics()));
        }
        if (!Files.isRegularFile(from)) {
            throw new TrainingException("from \"" + from + "\": there is no such run folder or file. Give a run, or a file of weights "
                    + "(.safetensors).");
        }
        try (SafetensorsFile file = Safetensors.read(from)) {
            Map<String, String> metadata = file.metadata();
            boolean known = metadata.containsKey(MEAN) && metadata.containsKey(STD);
            return new StartWeights(from.toString(), file.tensors(), known
                    ? Optional.of(new ChannelStatistics(numbers(from, metadata.get(MEAN)), numbers(from, metadata.get(STD))))
                    : Optional.empty());
        }
    }

    private static List<Double> numbers(Path file, String text) throws CorruptFileException {
        String inner = text.strip().replaceAll("^\\[|]$", "");
        try {
            return inner.isBlank() ? List.of() : Arrays.stream(inner.split(",")).map(Double::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new CorruptFileException(file, "its metadata hold channel statistics \"" + text + "\", needs [number, ...].");
        }
    }

    /**
     * By which the samples of a new run are normalised.
     *
     * @param start null for random weights
     * @throws IllegalArgumentException if the weights take features and the data are pixels, or the other way round
     */
    static ChannelStatistics statistics(StartWeights start, Dataset train) {
        boolean vectors = train.sampleType() == DType.FLOAT32;
        ChannelStatistics known = start == null ? null : start.statistics().orElse(null);
        if (known != null && known.absent() != vectors) {
            throw new IllegalArgumentException("from \"" + start.source() + "\": its weights take " + (vectors ? "pixels" : "features")
                    + ", data \"" + train.name() + "\" are " + (vectors ? "features" : "pixels") + ". Start from another run.");
        }
        return known != null ? known : vectors ? ChannelStatistics.none() : ChannelStatistics.of(train);
    }

    /**
     * Checks that a model can start from these weights.
     *
     * @param types parameters and buffers of the model
     * @param newHead whether the head is left out
     * @throws IllegalArgumentException if a tensor is missing or of another type
     */
    void check(Model model, Map<String, TensorType> types, boolean newHead) {
        String head = FineTuning.head(model.parameters());
        types.forEach((name, type) -> {
            boolean inHead = name.startsWith(head);
            Tensor tensor = tensors.get(name);
            if (inHead && newHead || tensor != null && tensor.dtype() == type.dtype() && tensor.shape().equals(type.shape())) {
                return;
            }
            String wayOut = inHead ? " Use --new-head to start \"" + head.substring(0, head.length() - 1) + "\" anew, or data of as many "
                    + "classes." : " Is this another model?";
            throw new IllegalArgumentException("from \"" + source + "\": \"" + name + "\" is "
                    + (tensor == null ? "missing; there are " + tensors.size() + " tensors" : tensor.dtype() + " " + tensor.shape())
                    + ", model \"" + model.name() + "\" of " + model.classes() + " classes needs " + type + "." + wayOut);
        });
    }
}
