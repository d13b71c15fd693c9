package dev.lamina.train;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.export.OnnxExport;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Trained models as ONNX models: input {@value TrainingGraph#IMAGES} {@code [N, C, H, W]}, one output {@code [N, K]}.
 *
 * <p>Metadata: {@value #CLASSES}, names in label order, a JSON array; {@value #MEAN} and {@value #STD} of pixels / 255 by channel, JSON
 * arrays, where there are any; {@value #MODEL}, the model's name; {@value #INPUT}, how the input is meant. Stateless and thread-safe.
 */
public final class ModelExport {
    /** Metadata: names of the classes. */
    public static final String CLASSES = "classes";
    /** Metadata: mean of the samples' pixels. */
    public static final String MEAN = "mean";
    /** Metadata: standard deviation of the samples' pixels. */
    public static final String STD = "std";
    /** Metadata: the model's name. */
    public static final String MODEL = "lamina.model";
    /** Metadata: {@code pixels} or {@code normalised}. */
    public static final String INPUT = "lamina.input";

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
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(CLASSES, json(classNames));
        metadata.put(MODEL, model.name());
        metadata.put(INPUT, input.name().toLowerCase(java.util.Locale.ROOT));
        if (!statistics.absent()) {
            metadata.put(MEAN, json(statistics.mean()));
            metadata.put(STD, json(statistics.std()));
        }
        String name = output == Output.LOGITS ? TrainingGraph.LOGITS : TrainingGraph.PROBABILITIES;
        return OnnxExport.model(batch -> TrainingGraph.prediction(model, applied, batch).graph(), weights,
                new OnnxExport.Settings(model.name(), producer, List.of(name), metadata));
    }

    private static String json(List<?> values) {
        try {
            return Json.MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(values);
        } catch (IOException e) {
            throw new AssertionError("a list of texts or numbers is written", e);
        }
    }
}
