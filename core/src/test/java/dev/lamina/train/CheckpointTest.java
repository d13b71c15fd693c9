package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.io.CorruptFileException;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final EpochMetrics ONE = new EpochMetrics(1, 10, 0.1 + 0.2, 0.75, Double.NaN, 0.875, 1, 0.1, 2, 1000);

    @TempDir
    Path folder;

    @BeforeEach
    void save() throws IOException {
        Checkpoint.save(folder, record(12), Map.of("w", Tensor.of(new float[] {1, -0f, Float.NaN}, 3)));
    }

    private static RunRecord record(long step) {
        return new RunRecord(RunRecord.FORMAT, TrainConfig.builder("m", "d").build(), List.of(1L, 8L, 8L), List.of("a", "b"),
                new ChannelStatistics(List.of(0.1), List.of(0.3)), 100, "reference", "cpu", 1, 2, step, 0,
                new Sums(1.0 / 3, 20, 5, 7, 20, 0.5, 0), 2.5, List.of(ONE), false, "", "");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void givesBackWhatWasSaved() throws IOException {
        Checkpoint loaded = Checkpoint.load(folder);
        assertEquals(record(12).withFile("checkpoint-12.safetensors", loaded.run().sha256()), loaded.run());
        assertArrayEquals(new float[] {1, -0f, Float.NaN}, loaded.tensors().get("w").toFloats());
        assertEquals(64, loaded.run().sha256().length());
    }

    @Test
    void keepsOnlyTheNewest() throws IOException {
        Checkpoint.save(folder, record(13), Map.of("w", Tensor.of(new float[] {2}, 1)));
        assertEquals(List.of("checkpoint-13.safetensors", "run.json"), files());
    }

    @Test
    void aCheckpointWithoutItsRecordIsNotYetValid() throws IOException {
        Files.writeString(folder.resolve("checkpoint-99.safetensors"), "written before a crash");
        Files.writeString(folder.resolve("run.json.part-1"), "half");
        Checkpoint.cleanUp(folder);
        assertEquals(12, Checkpoint.load(folder).run().step());
        assertFalse(Files.exists(folder.resolve("run.json.part-1")));
        Checkpoint.save(folder, record(14), Map.of());
        assertEquals(List.of("checkpoint-14.safetensors", "run.json"), files());
    }

    @Test
    void saysWhichFileIsMissing() throws IOException {
        Path none = folder.resolve("none");
        assertEquals("run folder \"" + none + "\": does not exist. Give the folder of a run that has started training.",
                assertThrows(TrainingException.class, () -> Checkpoint.load(none)).getMessage());
        Files.delete(folder.resolve("checkpoint-12.safetensors"));
        assertEquals("run folder \"" + folder + "\": checkpoint-12.safetensors is missing, which run.json names. The run cannot be "
                + "resumed; start it anew in another folder.",
                assertThrows(TrainingException.class, () -> Checkpoint.load(folder)).getMessage());
        Files.delete(folder.resolve("run.json"));
        assertEquals("run folder \"" + folder + "\": run.json is missing. Give the folder of a run that has started training.",
                assertThrows(TrainingException.class, () -> RunFolder.open(folder)).getMessage());
    }

    @Test
    void refusesATruncatedOrChangedCheckpoint() throws IOException {
        Path file = folder.resolve("checkpoint-12.safetensors");
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(whole, whole.length - 4));
        String message = assertThrows(CorruptFileException.class, () -> Checkpoint.load(folder)).getMessage();
        assertTrue(message.contains("checkpoint-12.safetensors is damaged: it has " + (whole.length - 4) + " bytes with sha256 "), message);
        whole[whole.length - 1] ^= 1;
        Files.write(file, whole);
        assertThrows(CorruptFileException.class, () -> Checkpoint.load(folder));
    }

    @Test
    void refusesADamagedRecord() throws IOException {
        Path file = folder.resolve("run.json");
        String whole = Files.readString(file);
        for (String text : List.of("", "{", "[]", "null", "{}", "5", whole.substring(0, whole.length() / 2),
                whole.replace("\"batchSize\" : 64", "\"batchSize\" : 0"), whole.replace("FLOAT32", "FLOAT7"),
                whole.replace("\"step\" : 12", "\"step\" : \"x\""))) {
            Files.writeString(file, text);
            String message = assertThrows(CorruptFileException.class, () -> Checkpoint.load(folder), text).getMessage();
            assertTrue(message.startsWith("run folder \"" + folder + "\": run.json is damaged: "), message);
        }
        Files.writeString(file, whole.replace("\"format\" : 1", "\"format\" : 2"));
        assertEquals("run folder \"" + folder + "\": run.json has format 2, this Lamina reads 1.",
                assertThrows(CorruptFileException.class, () -> Checkpoint.load(folder)).getMessage());
        Files.writeString(file, whole.replace("checkpoint-12", "../checkpoint-12"));
        assertThrows(CorruptFileException.class, () -> Checkpoint.load(folder));
    }
}
