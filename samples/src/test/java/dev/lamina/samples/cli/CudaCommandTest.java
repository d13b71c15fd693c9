package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.cuda.Emulator;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.models.Models;
import dev.lamina.nn.Context;
import dev.lamina.nn.Model;
import dev.lamina.parity.ModelParity;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on CUDA: on the emulator, or with {@code -Pgpu} on a GPU. */
class CudaCommandTest {
    private static final int BATCH = 32;
    private static final int SAMPLES = 320;
    private static final int EPOCHS = 2;

    @TempDir
    private Path dir;

    @BeforeAll
    static void device() {
        if (!Emulator.isGpuRequired()) {
            Emulator.require();
        }
    }

    private Path train(String name, String backend, String precision, int epochs) {
        Path run = dir.resolve(name);
        Outcome outcome = Outcome.of("train", "--backend", backend, "--model", "lenet", "--train-limit", Integer.toString(SAMPLES),
                "--batch-size", Integer.toString(BATCH), "--optimizer", "momentum", "--lr", "0.05", "--epochs", Integer.toString(epochs),
                "--precision", precision, "--out", run.toString());
        assertEquals(0, outcome.exit(), outcome.err());
        return run;
    }

    /** Training loss and test loss of each epoch. */
    private static List<Double> losses(Path run) throws IOException {
        List<Double> losses = new ArrayList<>();
        for (JsonNode epoch : new ObjectMapper().readTree(run.resolve("run.json").toFile()).get("history")) {
            losses.add(epoch.get("trainLoss").doubleValue());
            losses.add(epoch.get("testLoss").doubleValue());
        }
        return losses;
    }

    private static byte[] weights(Path run) throws IOException {
        return Files.readAllBytes(run.resolve("weights.safetensors"));
    }

    /**
     * A loss of step T has its own relative rounding r, see {@link ModelParity}, and that of weights which are off by at most T r of the
     * way they have come: the loss changes by at most T r of what this way has changed it, which is less than the loss itself.
     */
    @Test
    void trainsLenetToTheLossesOfTheReference() throws IOException {
        List<Double> expected = losses(train("reference", "reference", "float32", EPOCHS));
        List<Double> actual = losses(train("cuda", "cuda", "float32", EPOCHS));
        double steps = EPOCHS * SAMPLES / (double) BATCH;
        double relative = ModelParity.stepTolerance(trainingGraph()).relative() * (1 + steps);
        assertEquals(2 * EPOCHS, expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertEquals(expected.get(i), actual.get(i), relative * expected.get(i), "loss " + i + " of " + actual);
        }
        assertTrue(expected.getLast() < 0.9 * expected.getFirst(), "it learns: " + expected);
    }

    private static Graph trainingGraph() {
        Model lenet = Models.create("lenet", Shape.of(1, 28, 28), 10);
        GraphBuilder graph = new GraphBuilder();
        Value logits = lenet.logits(new Context(graph, true), graph.input("images", lenet.inputType(BATCH)));
        Value loss = Loss.crossEntropy(logits, graph.input("labels", TensorType.of(DType.INT32, BATCH)), Loss.Options.defaults());
        List<Value> gradients = Gradients.of(loss, graph.trainable());
        for (int i = 0; i < gradients.size(); i++) {
            graph.output("gradient " + i, gradients.get(i));
        }
        return graph.build();
    }

    @Test
    void aResumedRunEndsWithTheSameBytes() throws IOException {
        byte[] whole = weights(train("whole", "cuda", "tf32", 2));
        Path part = train("part", "cuda", "tf32", 1);
        assertFalse(Arrays.equals(whole, weights(part)));
        Outcome resumed = Outcome.of("train", "--resume", part.toString(), "--backend", "cuda", "--epochs", "2");
        assertEquals(0, resumed.exit(), resumed.err());
        assertArrayEquals(whole, weights(part));
    }

    @Test
    void thePrecisionReachesTheDevice() throws IOException {
        byte[] plain = weights(train("float32", "cuda", "float32", 1));
        assertFalse(Arrays.equals(plain, weights(train("tf32", "cuda", "tf32", 1))), "tf32");
        assertFalse(Arrays.equals(plain, weights(train("bf16", "cuda", "bf16", 1))), "bf16");
    }

    @Test
    void autoNeverTakesTheEmulator() {
        if (Emulator.isGpuRequired()) {
            return;
        }
        try (Backend chosen = Backends.choose(Backends.AUTO, DeviceOptions.defaults()).backend()) {
            assertFalse(chosen.name().equals("cuda") || chosen.device().emulated(), chosen.name());
        }
    }

    @Test
    void theBenchmarkMeasuresByDeviceEventsAndTellsKindsOfWork() throws Exception {
        Path json = dir.resolve("bench.json");
        Path log = dir.resolve("bench.log");
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector"));
        if (!Emulator.isGpuRequired()) {
            command.add("-D" + Emulator.LIBRARIES + "=" + Emulator.folder());
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Lamina.class.getName(), "bench", "gpu", "--smoke", "--only",
                "lenet", "--precision", "tf32", "--json", json.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        process.destroyForcibly();
        String said = Files.readString(log);
        assertTrue(ended && process.waitFor() == 0, said);
        assertTrue(said.contains("These figures mean nothing"), said);
        JsonNode train = new ObjectMapper().readTree(json.toFile()).get(0);
        assertEquals("device events", train.get("clock").textValue());
        for (String group : new String[] {"convolution", "matmul", "pooling", "loss", "update"}) {
            assertTrue(train.get("milliseconds_by_group").has(group), group + " in " + train);
        }
        assertTrue(train.get("bytes_per_second").doubleValue() > 0, train.toString());
    }
}
