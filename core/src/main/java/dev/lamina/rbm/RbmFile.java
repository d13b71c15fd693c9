package dev.lamina.rbm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.io.CorruptFileException;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Machines in safetensors files: {@code layer1.weight [V, H]}, {@code layer1.visible_bias [V]}, {@code layer1.hidden_bias [H]} and so on,
 * {@code input.mean} and {@code input.deviation} where samples are standardised; the header tells units and options. Stateless and
 * thread-safe.
 */
public final class RbmFile {
    private static final String KEY = "lamina.rbm";
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private RbmFile() { }

    /** What the header tells. */
    private record Header(List<Long> image, List<Rbm> layers) {
        Header {
            image = List.copyOf(image);
            layers = List.copyOf(layers);
        }
    }

    /** Writes a stack atomically. */
    public static void save(Path file, RbmStack stack) throws IOException {
        Map<String, Tensor> tensors = new TreeMap<>();
        List<Rbm> machines = new ArrayList<>();
        for (RbmParameters machine : stack.layers()) {
            machines.add(machine.rbm());
            String prefix = "layer" + machines.size() + ".";
            tensors.put(prefix + "weight", machine.weight());
            tensors.put(prefix + "visible_bias", machine.visibleBias());
            tensors.put(prefix + "hidden_bias", machine.hiddenBias());
        }
        stack.input().ifPresent(s -> {
            tensors.put("input.mean", s.mean());
            tensors.put("input.deviation", s.deviation());
        });
        Shape image = stack.image();
        Header header = new Header(List.of(image.dim(0), image.dim(1), image.dim(2)), machines);
        Safetensors.write(file, tensors, Map.of(KEY, JSON.writeValueAsString(header)));
    }

    /**
     * Reads a stack.
     *
     * @throws CorruptFileException if the file holds no machines, or is damaged
     */
    public static RbmStack load(Path file) throws IOException {
        try (SafetensorsFile tensors = Safetensors.read(file)) {
            String text = tensors.metadata().get(KEY);
            if (text == null) {
                throw new CorruptFileException(file, "has no " + KEY + " in its header. Give a file that `lamina rbm train` wrote.");
            }
            Header header = JSON.readValue(text, Header.class);
            List<RbmParameters> layers = new ArrayList<>();
            for (Rbm rbm : header.layers()) {
                String prefix = "layer" + (layers.size() + 1) + ".";
                layers.add(new RbmParameters(rbm, tensors.tensor(prefix + "weight"), tensors.tensor(prefix + "visible_bias"),
                        tensors.tensor(prefix + "hidden_bias")));
            }
            Optional<Standardization> input = tensors.names().contains("input.mean")
                    ? Optional.of(new Standardization(tensors.tensor("input.mean"), tensors.tensor("input.deviation"))) : Optional.empty();
            Shape image = Shape.of(header.image().stream().mapToLong(Long::longValue).toArray());
            return new RbmStack(image, input, layers);
        } catch (JsonProcessingException e) {
            throw new CorruptFileException(file, "its " + KEY + " cannot be read: " + e.getOriginalMessage());
        }
    }
}
