package dev.lamina.rbm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.io.CorruptFileException;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A complete state of training in one file, which is replaced as a whole. Immutable.
 *
 * @param record where training stands
 * @param tensors all variables by name
 */
record RbmCheckpoint(Record record, Map<String, Tensor> tensors) {
    static final String FILE = "checkpoint.safetensors";

    private static final String KEY = "lamina.rbm.training";
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    /**
     * Where training stands.
     *
     * @param rbm the machine
     * @param config settings
     * @param samples training samples in an epoch
     * @param epoch complete epochs
     * @param batch complete batches of the epoch after those
     * @param step complete steps
     * @param errorSum sum over the samples of those batches
     * @param firstError reconstruction error of the very first batch; NaN before it
     * @param seconds wall-clock time so far
     * @param history one entry a complete epoch
     */
    record Record(Rbm rbm, RbmConfig config, int samples, int epoch, int batch, long step, double errorSum, double firstError,
            double seconds, List<RbmEpoch> history) {
        Record {
            history = List.copyOf(history);
        }
    }

    static boolean exists(Path folder) {
        return Files.exists(folder.resolve(FILE));
    }

    void save(Path folder) throws IOException {
        Safetensors.write(folder.resolve(FILE), tensors, Map.of(KEY, JSON.writeValueAsString(record)));
    }

    /**
     * Reads a checkpoint.
     *
     * @throws TrainingException if there is none
     * @throws CorruptFileException if it is damaged
     */
    static RbmCheckpoint load(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw new TrainingException("rbm: \"" + file + "\" does not exist. Give the folder of a run that has started training.");
        }
        try (SafetensorsFile tensors = Safetensors.read(file)) {
            String text = tensors.metadata().get(KEY);
            if (text == null) {
                throw new CorruptFileException(file, "has no " + KEY + " in its header; it is no checkpoint of a machine's training.");
            }
            return new RbmCheckpoint(JSON.readValue(text, Record.class), tensors.tensors());
        } catch (JsonProcessingException e) {
            throw new CorruptFileException(file, "its " + KEY + " cannot be read: " + e.getOriginalMessage());
        }
    }
}
