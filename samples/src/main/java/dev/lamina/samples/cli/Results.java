package dev.lamina.samples.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.backend.Backend;
import dev.lamina.io.AtomicFiles;
import dev.lamina.train.TrainConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The JSON that commands write for programs. */
final class Results {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Results() { }

    static Map<String, Object> of(TrainConfig config, Backend backend, double trainLoss, double testLoss, double top1, double top5,
            int epochs, double seconds, double samplesPerSecond) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("backend", backend.name());
        result.put("device", backend.device().name());
        result.put("model", config.model());
        result.put("data", config.data());
        result.put("precision", config.precision().label());
        result.put("seed", config.seed());
        result.put("epochs", epochs);
        result.put("train_loss", trainLoss);
        result.put("test_loss", testLoss);
        result.put("test_accuracy", top1);
        result.put("test_top5", top5);
        result.put("seconds", seconds);
        result.put("samples_per_second", samplesPerSecond);
        return result;
    }

    static void write(Path file, Object result) throws IOException {
        AtomicFiles.writeString(file, JSON.writeValueAsString(result) + "\n");
    }
}
