package dev.lamina.features;

import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Featurisers in safetensors files: the tensors, and options and sample shape as metadata. */
final class FeatureFiles {
    private static final String OPTIONS = "lamina.features";
    private static final String SAMPLE = "lamina.sample";

    private FeatureFiles() { }

    static void save(Fitted fitted, Path file) throws IOException {
        Map<String, String> metadata = new TreeMap<>();
        metadata.put(OPTIONS, fitted.featurizer().text());
        metadata.put(SAMPLE, join(fitted.sampleShape()));
        metadata.put("lamina.outputSize", Long.toString(fitted.outputSize()));
        Safetensors.write(file, fitted.tensors(), metadata);
    }

    static Fitted load(Path file) throws IOException {
        try (SafetensorsFile opened = Safetensors.read(file)) {
            String options = opened.metadata().get(OPTIONS);
            String sample = opened.metadata().get(SAMPLE);
            if (options == null || sample == null) {
                throw new IllegalArgumentException("features: " + file + " is no featuriser (its metadata has no " + OPTIONS
                        + "). Make one with: lamina features fit.");
            }
            long[] dims = Arrays.stream(sample.split(",")).mapToLong(Long::parseLong).toArray();
            return Featurizers.parse(options).restore(Shape.of(dims), opened.tensors());
        }
    }

    private static String join(Shape shape) {
        StringBuilder text = new StringBuilder();
        for (long dim : shape.toArray()) {
            text.append(text.isEmpty() ? "" : ",").append(dim);
        }
        return text.toString();
    }
}
