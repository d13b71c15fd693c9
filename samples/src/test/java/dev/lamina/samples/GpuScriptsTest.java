package dev.lamina.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripts of {@code samples/gpu}, as far as they need no GPU. Tests run in the module's folder. */
class GpuScriptsTest {
    private static final Path SCRIPTS = Path.of("gpu").toAbsolutePath();

    @TempDir
    private Path dir;

    private record Ended(int exit, String said) {
        static Ended of(Path folder, String... command) throws IOException, InterruptedException {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(process.waitFor(), said);
        }
    }

    private static void need(String program) {
        boolean there;
        try {
            there = Ended.of(Path.of("."), program, "-c", "").exit == 0;
        } catch (IOException e) {
            there = false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        if (!there) {
            System.out.println("SKIPPED: no " + program);
        }
        assumeTrue(there, "no " + program);
    }

    @ParameterizedTest
    @ValueSource(strings = {"run.sh", "check.sh"})
    void scriptsWithoutArgumentsExplainThemselves(String script) throws Exception {
        need("sh");
        Ended ended = Ended.of(dir, "sh", SCRIPTS.resolve(script).toString());
        assertEquals(2, ended.exit, ended.said);
        assertTrue(ended.said.contains(script + " "), ended.said);
    }

    @Test
    void packRefusesOptionsItDoesNotKnow() throws Exception {
        need("sh");
        Ended ended = Ended.of(dir, "sh", SCRIPTS.resolve("pack.sh").toString(), "--everything");
        assertEquals(2, ended.exit, ended.said);
        assertTrue(ended.said.contains("--data-dir"), ended.said);
    }

    @Test
    void ratiosAreThoseOfMediansAndSayWhetherTargetsAreReached() throws Exception {
        need("python3");
        Files.writeString(dir.resolve("lamina-lenet-1.json"), """
                [{"batch": 64, "mode": "train", "precision": "tf32", "samples_per_second": 100.0},
                {"batch": 1024, "mode": "train", "precision": "tf32", "error": "no memory"}]""");
        Files.writeString(dir.resolve("lamina-lenet-2.json"), """
                [{"batch": 64, "mode": "train", "precision": "tf32", "samples_per_second": 300.0}]""");
        Files.writeString(dir.resolve("torch-lenet-1.json"), """
                {"torch": "2.11", "device": "a GPU"}
                {"batch": 64, "mode": "train", "precision": "tf32", "compile": "eager", "images_per_s": 50.0}
                {"batch": 64, "mode": "train", "precision": "tf32", "compile": "reduce-overhead", "images_per_s": 400.0}
                {"batch": 64, "mode": "infer", "precision": "bf16", "compile": "eager", "skipped": "no time left"}
                """);
        Files.writeString(dir.resolve("lamina-vgg16-1.json"), """
                [{"batch": 64, "mode": "train", "precision": "bf16", "samples_per_second": 90.0}]""");
        Files.writeString(dir.resolve("torch-vgg16-1.json"), """
                {"batch": 64, "mode": "train", "precision": "bf16", "compile": "reduce-overhead", "images_per_s": 100.0}
                """);
        Ended ended = Ended.of(dir, "python3", SCRIPTS.resolve("ratios.py").toString(), dir.toString());
        assertEquals(0, ended.exit, ended.said);
        List<List<String>> rows = ended.said.lines().map(line -> List.of(line.strip().split("\\s+"))).toList();
        assertTrue(rows.contains(List.of("lenet", "64", "train", "tf32", "200", "50", "4.00", "400", "0.50", "3", "x", "eager:",
                "reached")), ended.said);
        assertTrue(rows.contains(List.of("vgg16", "64", "train", "bf16", "90", "-", "-", "100", "0.90", "1", "x", "compiled:", "NOT",
                "REACHED")), ended.said);
        assertEquals(5, rows.size(), ended.said);
    }

    @Test
    void ratiosOfNothingIsAnError() throws Exception {
        need("python3");
        Ended ended = Ended.of(dir, "python3", SCRIPTS.resolve("ratios.py").toString(), dir.toString());
        assertEquals(1, ended.exit);
        assertTrue(ended.said.contains("no results in"), ended.said);
    }
}
