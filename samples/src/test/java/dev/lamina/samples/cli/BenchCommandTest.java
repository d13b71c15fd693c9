package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command as users call it; what it measures runs in processes of their own. */
class BenchCommandTest {
    @TempDir
    private Path dir;

    @Test
    void measuresInProcessesOfTheirOwnAndWritesJson() throws IOException {
        Path json = dir.resolve("bench.json");
        Outcome outcome = Outcome.of("bench", "cpu", "--only", "tiny", "--backend", "reference", "--warm-up", "0", "--seconds", "0.01",
                "--verbose", "--json", json.toString());
        assertEquals(0, outcome.exit(), outcome.out() + outcome.err());
        JsonNode rows = new ObjectMapper().readTree(json.toFile());
        assertEquals(2, rows.size());
        for (JsonNode row : rows) {
            assertEquals("tiny", row.get("workload").textValue());
            assertTrue(row.get("min").doubleValue() <= row.get("samples_per_second").doubleValue(), row.toString());
            assertTrue(row.get("samples_per_second").doubleValue() <= row.get("max").doubleValue(), row.toString());
            for (String field : new String[] {"heap_bytes_per_step", "reorders_per_step", "peak_rss_bytes", "sgemm_share"}) {
                assertTrue(row.get(field).isNumber(), field);
            }
        }
        assertEquals("train", rows.get(0).get("mode").textValue());
        assertEquals("infer", rows.get(1).get("mode").textValue());
        assertTrue(outcome.out().contains("tiny") && outcome.out().contains("implementations in the order they run"), outcome.out());
        assertTrue(outcome.err().contains("[2/2] tiny infer, lamina"), outcome.err());
    }

    @Test
    void theGpuBenchmarkRunsTinySizesOnAnyBackendAndSaysThatTheyMeanNothing() throws IOException {
        Path json = dir.resolve("gpu.json");
        Outcome outcome = Outcome.of("bench", "gpu", "--backend", "reference", "--smoke", "--only", "lenet", "--precision", "tf32",
                "--json", json.toString());
        assertEquals(0, outcome.exit(), outcome.out() + outcome.err());
        JsonNode rows = new ObjectMapper().readTree(json.toFile());
        assertEquals(2, rows.size());
        for (JsonNode row : rows) {
            assertEquals("lenet", row.get("model").textValue());
            assertEquals("tf32", row.get("precision").textValue());
            for (String field : new String[] {"samples_per_second", "tflops", "gemm_share", "first_step_seconds"}) {
                assertTrue(row.get(field).doubleValue() > 0, field);
            }
        }
        assertTrue(outcome.out().contains("These figures mean nothing"), outcome.out());
        assertTrue(outcome.err().contains("[2/2] lenet-2 infer, lamina tf32"), outcome.err());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void memoryOfAStepIsPlannedAndMeasured() {
        Outcome outcome = Outcome.of("bench", "memory", "--model", "mlp", "--hidden", "4096", "--batch-size", "64", "--backend",
                "reference", "--here");
        assertEquals(0, outcome.exit(), outcome.err());
        Matcher figures = Pattern.compile("planned ([0-9.]+) MiB \\(arena ([0-9.]+), variables ([0-9.]+), batch ([0-9.]+)\\), "
                + "measured peak ([0-9.]+) MiB").matcher(outcome.out());
        assertTrue(figures.find(), outcome.out());
        double[] mib = IntStream.rangeClosed(1, 5).mapToDouble(k -> Double.parseDouble(figures.group(k))).toArray();
        assertEquals(mib[1] + mib[2] + mib[3], mib[0], 0.2);
        // 784 x 4,096 + 4,096 + 4,096 x 10 + 10 parameters with a momentum each: 24.87 MiB.
        assertEquals(24.87, mib[2], 0.1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bench                                  | 2 | bench: which one? Known are cpu, gpu, memory, data, features.
            bench cpu --only letnet                | 1 | lamina: bench: workload "letnet" is unknown; known are mlp, lenet,
            bench cpu --mode learn                 | 2 | Invalid value for option '--mode'
            bench cpu --threads 0                  | 1 | lamina: bench: --threads 0, needs at least 1.
            bench cpu --threads two                | 2 | Invalid value for option '--threads'
            bench cpu --seconds 0                  | 1 | lamina: bench: repetitions of 0.0 s, needs more than 0 and at most 600.
            bench cpu --warm-up -1                 | 1 | lamina: bench: warm-up of -1.0 s, needs 0 to 600.
            bench cpu --backend reference --rounds 0 | 1 | lamina: bench: 0 rounds, needs at least 1.
            bench gpu --backend reference --only letnet | 1 | lamina: bench: workload "letnet" is unknown; known are lenet-64, lenet-1024,
            bench gpu --precision fp16             | 2 | precision "fp16" is unknown; known are float32, tf32, bf16.
            bench gpu --backend none               | 1 | lamina: backend "none" is unknown
            bench cpu --backend none               | 1 | lamina: backend "none" is unknown
            """)
    void wrongUseIsExplained(String args, int exit, String message) {
        Outcome outcome = Outcome.of(args.strip().split("\\s+"));
        assertEquals(exit, outcome.exit(), outcome.err());
        assertTrue(outcome.err().contains(message), outcome.err());
    }
}
