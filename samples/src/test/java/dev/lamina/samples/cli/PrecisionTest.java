package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The precision of a run: chosen at its start, recorded, kept when it is resumed. */
class PrecisionTest {
    @TempDir
    private Path dir;

    private Outcome train(String name, String... more) {
        return Outcome.of(Outcome.join(new String[] {"train", "--backend", "reference", "--model", "linear", "--train-limit", "100",
            "--epochs", "1", "--out", dir.resolve(name).toString()}, more));
    }

    private String recorded(String name) throws IOException {
        return new ObjectMapper().readTree(dir.resolve(name).resolve("run.json").toFile()).at("/config/precision").textValue();
    }

    @Test
    void aRunIsTf32UnlessToldOtherwiseAndSaysSo() throws IOException {
        Outcome plain = train("plain");
        assertEquals(0, plain.exit(), plain.err());
        assertTrue(plain.out().contains("seed 1, tf32"), plain.out());
        assertEquals("TF32", recorded("plain"));
        assertEquals(0, train("wide", "--precision", "float32").exit());
        assertEquals("FLOAT32", recorded("wide"));
        assertArrayEquals(Files.readAllBytes(dir.resolve("wide/weights.safetensors")),
                Files.readAllBytes(dir.resolve("plain/weights.safetensors")), "the reference computes tf32 as float32");
    }

    @Test
    void aResumedRunKeepsItsPrecisionAndRefusesAnother() throws IOException {
        String run = dir.resolve("run").toString();
        assertEquals(0, train("run", "--precision", "float32").exit());
        Outcome refused = Outcome.of("train", "--resume", run, "--backend", "reference", "--precision", "tf32");
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("--resume takes the settings of the run; --precision cannot be changed."), refused.err());
        assertEquals(0, Outcome.of("train", "--resume", run, "--backend", "reference", "--epochs", "2").exit());
        assertEquals("FLOAT32", recorded("run"));
    }

    @Test
    void aRunOfBeforeThereWasAChoiceIsFloat32() throws IOException {
        assertEquals(0, train("old").exit());
        Path record = dir.resolve("old/run.json");
        Files.writeString(record, Files.readString(record).replaceFirst("\"precision\" : \"TF32\",", ""));
        Outcome resumed = Outcome.of("train", "--resume", dir.resolve("old").toString(), "--backend", "reference", "--epochs", "2");
        assertEquals(0, resumed.exit(), resumed.err());
        assertEquals("FLOAT32", recorded("old"));
    }

    @Test
    void evaluationTakesTheRunsPrecisionOrAnother() throws IOException {
        assertEquals(0, train("run").exit());
        assertEquals("tf32", evaluated());
        assertEquals("float32", evaluated("--precision", "FLOAT32"));
    }

    @Test
    void aBackendWithoutAPrecisionRefusesIt() {
        Outcome outcome = train("run", "--precision", "bf16");
        assertEquals(1, outcome.exit());
        assertTrue(outcome.err().contains("backend \"reference\" computes in double and rounds once; it has no BFLOAT16 arithmetic."),
                outcome.err());
    }

    private String evaluated(String... more) throws IOException {
        Path json = dir.resolve("eval.json");
        Outcome outcome = Outcome.of(Outcome.join(new String[] {"eval", dir.resolve("run").toString(), "--backend",
            "reference", "--json", json.toString()}, more));
        assertEquals(0, outcome.exit(), outcome.err());
        return new ObjectMapper().readTree(json.toFile()).get("precision").textValue();
    }
}
