package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina runs} and what training leaves in the run folder, as users see them. */
class RunsCommandTest {
    @TempDir
    private static Path shared;

    private static MadeRun made;

    @TempDir
    private Path dir;

    @BeforeAll
    static void train() {
        made = MadeRun.in(shared);
    }

    private static JsonNode json(Path file) throws IOException {
        return new ObjectMapper().readTree(file.toFile());
    }

    @Test
    void trainingLeavesAPageAndItsEnvironment() throws IOException {
        Path run = made.copy(dir.resolve("run"));
        JsonNode environment = json(run.resolve("environment.json")).get(0);
        assertEquals("0.1.0-SNAPSHOT", environment.get("lamina").textValue());
        assertEquals("reference", environment.get("backend").textValue());
        assertEquals("train", environment.get("command").get(0).textValue());
        assertEquals(Runtime.getRuntime().availableProcessors(), environment.get("processors").intValue());
        String page = Files.readString(run.resolve("index.html"));
        for (String part : new String[] {"<h1>lamina run: made</h1>", "finished after 2 of 2 epochs, 8 steps", "Metrics by epoch",
            "learning rate", "Training samples", "<th scope=\"row\">seed</th><td>1</td>", "--train-limit 200"}) {
            assertTrue(page.contains(part), part);
        }
        assertFalse(page.contains("http://") || page.contains("https://"), "nothing from outside");
        assertFalse(Files.exists(run.resolve("filters.png")), "linear has no filters");

        Outcome resumed = Outcome.of("train", "--resume", run.toString(), "--epochs", "3", "--backend", "reference");
        assertEquals(0, resumed.exit(), resumed.err());
        assertEquals(2, json(run.resolve("environment.json")).size());
        assertTrue(Files.readString(run.resolve("index.html")).contains("finished after 3 of 3 epochs, 12 steps"));

        Files.writeString(run.resolve("environment.json"), "[{");
        Outcome refused = Outcome.of("train", "--resume", run.toString(), "--epochs", "4", "--backend", "reference");
        assertEquals(1, refused.exit());
        assertTrue(refused.err().contains("lamina: page: environment.json: cannot be understood, needs a list of environments. Delete it;"),
                refused.err());
    }

    @Test
    void filtersOfTheFirstConvolutionAreDrawn() {
        Outcome outcome = Outcome.of("train", "--backend", "reference", "--model", "lenet", "--train-limit", "32", "--epochs", "1", "--out",
                dir.resolve("lenet").toString());
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(Files.isRegularFile(dir.resolve("lenet/filters.png")));
    }

    @Test
    void goodDamagedAndForeignFoldersAreListed() throws IOException {
        made.copy(dir.resolve("b-good"));
        made.edited(dir.resolve("a-stopped"), "\"finished\" : true", "\"finished\" : false");
        made.edited(dir.resolve("c-damaged"), "\"model\"", "\"modle\"");
        made.edited(dir.resolve("d-newer"), "\"format\" : 1", "\"format\" : 7");
        Path bare = made.copy(dir.resolve("e-bare"));
        Files.delete(bare.resolve("weights.safetensors"));
        Files.delete(bare.resolve("checkpoint-8.safetensors"));
        Files.createDirectories(dir.resolve("f-notes"));
        Files.createDirectories(dir.resolve(".hidden"));
        Path list = dir.resolve("list.json");
        Outcome outcome = Outcome.of("runs", dir.toString(), "--json", list.toString());
        assertEquals(0, outcome.exit(), outcome.err());
        List<String> lines = outcome.out().lines().toList();
        assertEquals(7, lines.size(), outcome.out());
        assertTrue(lines.get(1).matches("a-stopped +stopped +linear +digits +2/2 .*reference.*"), lines.get(1));
        assertTrue(lines.get(2).startsWith("b-good     finished  linear  digits     2/2"), lines.get(2));
        assertEquals("c-damaged: damaged: run.json is damaged: it lacks the model, data, backend, device or class names, or its input "
                + "shape is [1, 28, 28], needs [C, H, W].", lines.get(3));
        assertEquals("d-newer: damaged: run.json has format 7, this Lamina reads 1.", lines.get(4));
        assertEquals("e-bare: damaged: checkpoint-8.safetensors is missing, which run.json names. The run cannot be resumed; start it anew "
                + "in another folder.", lines.get(5));
        assertEquals("f-notes: foreign: no run of train: run.json is missing", lines.get(6));
        JsonNode all = json(list);
        assertEquals(6, all.size());
        assertEquals(all.get(1).get("last_top1"), json(made.path().resolve("metrics.json")).get("test_accuracy"));
        assertEquals("foreign", all.get(5).get("state").textValue());
    }

    @Test
    void checksumsAreComparedOnlyWhenAskedFor() throws IOException {
        Path run = made.edited(dir.resolve("run"), "\"finished\" : true", "\"finished\" : false");
        byte[] bytes = Files.readAllBytes(run.resolve("checkpoint-8.safetensors"));
        bytes[bytes.length - 1] ^= 1;
        Files.write(run.resolve("checkpoint-8.safetensors"), bytes);
        assertTrue(Outcome.of("runs", dir.toString()).out().contains("run  stopped"));
        String verified = Outcome.of("runs", dir.toString(), "--verify").out();
        assertTrue(verified.startsWith("run: damaged: checkpoint-8.safetensors is damaged: it has"), verified);
    }

    @Test
    void runsAreComparedByTheSettingsThatDiffer() throws IOException {
        Path other = MadeRun.in(dir, "--lr", "0.05", "--batch-size", "50").path();
        Path html = dir.resolve("compare.html");
        Path file = dir.resolve("compare.json");
        Outcome outcome = Outcome.of("runs", "compare", made.path().toString(), other.toString(), "--html", html.toString(), "--json",
                file.toString());
        assertEquals(0, outcome.exit(), outcome.err());
        JsonNode differences = json(file).get("differences");
        assertEquals(2, differences.size(), differences.toString());
        assertEquals("[\"64\",\"50\"]", differences.get("batch size").toString());
        assertEquals("0.05", differences.get("rate").get(1).textValue());
        assertEquals(2, json(file).get("histories").get(1).size());
        assertTrue(outcome.out().lines().anyMatch(l -> l.matches("epochs +2/2 +2/2")), outcome.out());
        String page = Files.readString(html);
        assertTrue(page.contains("aria-label=\"Test loss (cross-entropy) by epoch; ") && page.contains("class=\"curve s1\""), page);
        Outcome same = Outcome.of("runs", "compare", made.path().toString(), made.path().toString());
        assertTrue(same.out().startsWith("no setting differs"), same.out());
    }

    @Test
    void wrongUseIsExplained() {
        Path nowhere = dir.resolve("nowhere");
        assertRefused(1, "lamina: runs: \"" + nowhere + "\" is no folder. Name one, or train first: lamina train.",
                Outcome.of("runs", nowhere.toString()));
        assertRefused(1, "lamina: run folder \"" + dir + "\": run.json is missing. Give the folder of a run that has started training.",
                Outcome.of("runs", "compare", made.path().toString(), dir.toString()));
        assertRefused(2, "positional parameter at index 0..* (RUN) requires at least 2 values",
                Outcome.of("runs", "compare", made.path().toString()));
        assertRefused(2, "Invalid value for option '--sort'", Outcome.of("runs", "--sort", "colour"));
        assertEquals("no folder in \"" + dir + "\".", Outcome.of("runs", dir.toString()).out().strip());
    }

    private static void assertRefused(int exit, String message, Outcome outcome) {
        assertEquals(exit, outcome.exit(), outcome.out());
        assertTrue(outcome.err().contains(message), outcome.err());
    }
}
