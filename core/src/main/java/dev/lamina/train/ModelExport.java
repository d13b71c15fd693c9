package dev.lamina.train;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.export.OnnxExport;
import dev.lamina.models.OnnxMetadata;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Trained models as ONNX models: input {@value TrainingGraph#IMAGES} {@code [N, C, H, W]}, one output {@code [N, K]}.
 *
 * <p>Class names, mean and deviation are in its metadata ({@link OnnxMetadata}). Stateless and thread-safe.
 */
public final class ModelExport {
    private ModelExport() { }

    /** What the exported model takes. */
    public enum Input {
        /** uint8 pixels, which the model normalises by the samples' mean and deviation as training did. */
        PIXELS,
        /** float32 numbers, normalised by the caller; of models trained on features, these. */
        NORMALISED
    }

    /** What the exported model gives. */
    public enum Output {
        /** The last layer's numbers, called {@value TrainingGraph#LOGITS}. */
        LOGITS,
        /** Their softmax, called {@value TrainingGraph#PROBABILITIES}. */
        PROBABILITIES
    }

    /**
     * The ONNX model of a model.
     *
     * @param statistics of the samples that the model learned from
     * @param weights a tensor for every parameter and buffer; others are left aside
     * @param classNames in label order
     * @param producer name and version of the program that exports
     * @throws dev.lamina.graph.GraphException if a layer has no ONNX form, or a weight is missing or of another shape
     * @throws IllegalArgumentException if pixels are to be taken and there are no statistics
     */
    public static OnnxModel of(Model model, ChannelStatistics statistics, Map<String, Tensor> weights, List<String> classNames,
            Input input, Output output, String producer) {
        if (input == Input.PIXELS && statistics.absent()) {
            throw new IllegalArgumentException("export: model \"" + model.name() + "\" was trained on features, not pixels. Export it with "
                    + "normalised input: the features.");
        }
        ChannelStatistics applied = input == Input.PIXELS ? statistics : ChannelStatistics.none();
        Map<String, String> metadata = OnnxMetadata.of(model.name(), classNames, statistics, input == Input.PIXELS);
        String name = output == Output.LOGITS ? TrainingGraph.LOGITS : TrainingGraph.PROBABILITIES;
        return OnnxExport.model(batch -> TrainingGraph.prediction(model, applied, batch).graph(), weights,
                new OnnxExport.Settings(model.name(), producer, List.of(name), metadata));
    }
}
