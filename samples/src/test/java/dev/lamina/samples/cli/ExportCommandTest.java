package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
    @TempDir
    private static Path shared;

    private static MadeRun made;

    @TempDir
    private Path dir;

    @BeforeAll
    static void train() {
        made = MadeRun.in(shared);
    }

    private static List<String> types(OnnxModel model) {
        return model.graph().nodes().stream().map(OnnxNode::type).toList();
    }

    @Test
    void aRunBecomesAFileThatSaysWhatItTakes() throws IOException {
        Outcome outcome = Outcome.of("export", made.path().toString());
        assertEquals(0, outcome.exit(), outcome.err());
        Path file = made.path().resolve("model.onnx");
        assertEquals("""
                input    images: uint8 [N, 1, 28, 28], pixels
                output   logits: float32 [N, 10]
                nodes    7, initializers 3
                format   IR 8, operator set 17, producer lamina 0.1.0-SNAPSHOT
                written  %s, %,d bytes
                """.formatted(file, Files.size(file)), outcome.out().replace(System.lineSeparator(), "\n"));
        OnnxModel model = OnnxFile.read(file);
        assertEquals(List.of("Cast", "Constant", "Mul", "Constant", "Add", "Reshape", "Gemm"), types(model));
        assertEquals("[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]", model.metadata().get("classes"));
        RunFolder run = RunFolder.open(made.path());
        assertEquals("[" + run.statistics().mean().getFirst() + "]", model.metadata().get("mean"));
        assertEquals("[" + run.statistics().std().getFirst() + "]", model.metadata().get("std"));
        run.weights().forEach((name, tensor) -> assertEquals(-1,
                tensor.memory().mismatch(model.graph().initializers().get(name).memory()), name));
    }

    @Test
    void whatItTakesAndGivesCanBeChosen() throws IOException {
        Path file = dir.resolve("deep/m.onnx");
        Outcome outcome = Outcome.of("export", made.path().toString(), "--out", file.toString(), "--output", "probabilities", "--input",
                "normalised", "--weights", "beside");
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("input    images: float32 [N, 1, 28, 28], normalised"), outcome.out());
        assertTrue(outcome.out().contains("output   probabilities: float32 [N, 10]"), outcome.out());
        assertTrue(outcome.out().contains("Keep these two files together."), outcome.out());
        assertEquals(List.of("Reshape", "Gemm", "Softmax"), types(OnnxFile.read(file)));
        Files.delete(dir.resolve("deep/m.onnx.data"));
        Outcome inside = Outcome.of("export", made.path().toString(), "--out", file.toString());
        assertEquals(0, inside.exit(), inside.err());
        assertFalse(Files.exists(dir.resolve("deep/m.onnx.data")));
    }

    @Test
    void errorsNameTheOption() {
        Outcome output = Outcome.of("export", made.path().toString(), "--output", "scores");
        assertEquals(2, output.exit());
        assertTrue(output.err().contains("Invalid value for option '--output'"), output.err());
        Outcome best = Outcome.of("export", made.path().toString(), "--best");
        assertEquals(1, best.exit());
        assertTrue(best.err().contains("weights-best.safetensors is missing. Train with --keep best,last"), best.err());
        Outcome none = Outcome.of("export", dir.toString());
        assertEquals(1, none.exit());
        Outcome kind = Outcome.of("export", made.path().toString(), "--input", "floats");
        assertEquals(2, kind.exit());
        assertTrue(kind.err().contains("Invalid value for option '--input'"), kind.err());
    }
}
