package dev.lamina.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.data.ChannelStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What Lamina writes into the metadata of an ONNX classifier, and finds there again. Stateless and thread-safe.
 *
 * <p>{@value #CLASSES}: names in label order, a JSON array. {@value #MEAN} and {@value #STD}: of pixels / 255 by channel, JSON arrays.
 * {@value #MODEL}: the model's name. {@value #INPUT}: {@value #PIXELS} where the model normalises them itself, else {@value #NORMALISED}.
 */
public final class OnnxMetadata {
    /** Names of the classes. */
    public static final String CLASSES = "classes";
    /** Mean of the samples' pixels. */
    public static final String MEAN = "mean";
    /** Standard deviation of the samples' pixels. */
    public static final String STD = "std";
    /** The model's name. */
    public static final String MODEL = "lamina.model";
    /** How the input is meant. Without it mean and deviation are those of another program, whose meaning is not known. */
    public static final String INPUT = "lamina.input";
    /** The input is uint8 pixels. */
    public static final String PIXELS = "pixels";
    /** The input is what the caller has normalised. */
    public static final String NORMALISED = "normalised";

    private static final ObjectMapper JSON = new ObjectMapper();

    private OnnxMetadata() { }

    /** Metadata of a classifier; statistics may be absent. */
    public static Map<String, String> of(String model, List<String> classNames, ChannelStatistics statistics, boolean pixels) {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(MODEL, model);
        metadata.put(INPUT, pixels ? PIXELS : NORMALISED);
        metadata.put(CLASSES, json(classNames));
        if (!statistics.absent()) {
            metadata.put(MEAN, json(statistics.mean()));
            metadata.put(STD, json(statistics.std()));
        }
        return metadata;
    }

    private static String json(List<?> values) {
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new AssertionError("a list of texts or numbers is written", e);
        }
    }

    /** Names of the classes; empty where the metadata hold no JSON array of as many texts, as those of other programs. */
    public static Optional<List<String>> classNames(Map<String, String> metadata, int classes) {
        return list(metadata, CLASSES, new TypeReference<List<String>>() { }, classes);
    }

    /** By what a caller must normalise pixels; empty where the metadata are not Lamina's, or the model does it itself. */
    public static Optional<ChannelStatistics> statistics(Map<String, String> metadata, int channels) {
        if (!NORMALISED.equals(metadata.get(INPUT))) {
            return Optional.empty();
        }
        Optional<List<Double>> std = list(metadata, STD, new TypeReference<List<Double>>() { }, channels);
        return list(metadata, MEAN, new TypeReference<List<Double>>() { }, channels)
                .flatMap(mean -> std.map(deviation -> new ChannelStatistics(mean, deviation)));
    }

    private static <T> Optional<List<T>> list(Map<String, String> metadata, String key, TypeReference<List<T>> type, int size) {
        try {
            return Optional.of(JSON.readValue(metadata.getOrDefault(key, "[]"), type))
                    .filter(list -> list.size() == size && !list.contains(null));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
