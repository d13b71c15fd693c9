package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.io.ImageFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina compare-features} on the embedded digits, within this process. */
class CompareFeaturesCommandTest {
    private static final List<String> FIELDS = List.of("name", "features", "head", "recipe", "feature_count", "parameters", "accuracy",
            "loss", "train_accuracy", "fit_seconds", "transform_seconds", "train_seconds", "picture_names");

    @TempDir
    private Path dir;

    private static Outcome compare(String... more) {
        return Outcome.of(Outcome.join(new String[] {"compare-features", "--backend", "cpu", "--threads", "1", "--train-limit", "150"},
                more));
    }

    private JsonNode json(String name, String... more) throws IOException {
        Path file = dir.resolve(name);
        Outcome outcome = compare(Outcome.join(more, "--json", file.toString()));
        assertEquals(0, outcome.exit(), outcome.err());
        JsonNode all = new ObjectMapper().readTree(file.toFile());
        for (JsonNode result : all.get("results")) {
            ((ObjectNode) result).remove(List.of("fit_seconds", "transform_seconds", "train_seconds"));
        }
        return all;
    }

    @Test
    void everyMethodIsInTableJsonAndPageWithItsPictures() throws IOException {
        Path json = dir.resolve("c.json");
        Path html = dir.resolve("c.html");
        Outcome outcome = compare("--epochs", "1", "--json", json.toString(), "--html", html.toString());
        assertEquals(0, outcome.exit(), outcome.err());
        JsonNode all = new ObjectMapper().readTree(json.toFile());
        assertEquals(150, all.get("train_samples").intValue());
        assertEquals("test samples", all.get("judged_by").textValue());
        List<String> names = new ArrayList<>();
        for (JsonNode result : all.get("results")) {
            FIELDS.forEach(f -> assertTrue(result.has(f), f));
            names.add(result.get("name").textValue());
            assertTrue(outcome.out().contains(" " + result.get("name").textValue() + " "), outcome.out());
        }
        assertEquals(List.of("raw", "raw+xy", "standardise", "pca 64", "lda", "filter bank", "bag of words", "spatial pyramid", "mlp",
                "cnn"), names);
        List<Integer> counts = List.of(784, 3 * 784, 784, 64, 9, 768, 200, 4200, 784, 784);
        for (int i = 0; i < counts.size(); i++) {
            assertEquals(counts.get(i), all.get("results").get(i).get("feature_count").intValue(), names.get(i));
        }
        assertEquals(784 * 256 + 256 + 2570, all.get("results").get(8).get("parameters").intValue());
        assertPictures(Files.readString(html));
    }

    private void assertPictures(String page) throws IOException {
        for (String picture : new String[] {"raw, class templates", "pca 64, components", "lda, discriminants", "filter bank, filters",
            "bag of words, words", "spatial pyramid, words", "mlp, first layer", "cnn, first layer"}) {
            Matcher found = Pattern.compile("alt=\"" + picture + "\" src=\"data:image/png;base64,([^\"]+)\"").matcher(page);
            assertTrue(found.find(), picture);
            Path png = dir.resolve("picture.png");
            Files.write(png, Base64.getDecoder().decode(found.group(1)));
            assertTrue(ImageFile.read(png).elements() > 0, picture);
        }
        assertTrue(page.contains("<svg") && page.contains("<table "));
        assertFalse(page.contains("http://") || page.contains("https://"), "nothing from outside");
    }

    @Test
    void oneSeedGivesOneResult() throws IOException {
        String[] few = {"--only", "lda|mlp|cnn", "--epochs", "2"};
        JsonNode first = json("a.json", few);
        assertEquals(first, json("b.json", few));
        assertNotEquals(first.get("results"), json("c.json", Outcome.join(few, "--seed", "2")).get("results"));
    }

    @Test
    void heldOutTrainingSamplesStandInForTestData() throws IOException {
        JsonNode held = json("a.json", "--only", "^raw$", "--epochs", "1", "--holdout", "50");
        assertEquals(100, held.get("train_samples").intValue());
        assertEquals(50, held.get("test_samples").intValue());
        assertEquals("held-out training samples", held.get("judged_by").textValue());
        double share = held.get("results").get(0).get("accuracy").doubleValue() * 50;
        assertEquals(Math.rint(share), share, 1e-9);
        Outcome all = compare("--holdout", "150");
        assertEquals(1, all.exit());
        assertTrue(all.err().contains("compare-features: holdout = 150, needs 0 to 149, there are 150 training samples."), all.err());
    }

    @Test
    void planesOfPlacesAddNothingToALinearModel() throws IOException {
        JsonNode results = json("a.json", "--only", "^raw", "--epochs", "3").get("results");
        assertEquals(results.get(0).get("accuracy"), results.get(1).get("accuracy"));
    }

    @Test
    void unknownMethodsAreNamedWithTheKnownOnes() {
        Outcome outcome = compare("--only", "hog");
        assertEquals(1, outcome.exit());
        assertTrue(outcome.err().contains("compare-features: --only hog matches none of raw, raw+xy, standardise, pca 64, lda,"),
                outcome.err());
        assertTrue(compare("--epochs", "0").err().contains("compare-features: epochs = 0, needs >= 1."));
    }
}
