package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.io.ImageFile;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
    private static final String[] SMALL = {"--backend", "cpu", "--threads", "1", "--samples", "1", "--limit", "20", "--maps", "2",
        "--occlusion-size", "7", "--occlusion-stride", "7"};

    @TempDir
    private static Path dir;
    private static Path run;

    @TempDir
    private Path out;

    @BeforeAll
    static void make() {
        run = dir.resolve("lenet");
        Outcome outcome = Outcome.of("train", "--backend", "cpu", "--threads", "1", "--model", "lenet", "--width", "0.5",
                "--train-limit", "100", "--epochs", "1", "--out", run.toString());
        assertEquals(0, outcome.exit(), outcome.err());
    }

    private static Outcome inspect(String... more) {
        return Outcome.of(Outcome.join(new String[] {"inspect", run.toString()}, more));
    }

    private static void assertError(String expected, Outcome outcome) {
        assertEquals(1, outcome.exit(), outcome.err());
        assertTrue(outcome.err().lines().anyMatch(("lamina: " + expected)::equals), outcome.err());
    }

    private static JsonNode json(Path folder) throws IOException {
        return new ObjectMapper().readTree(folder.resolve("inspect.json").toFile());
    }

    private static Set<String> pictures(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return new TreeSet<>(files.filter(f -> f.toString().endsWith(".png")).map(f -> folder.relativize(f).toString()
                    .replace('\\', '/')).toList());
        }
    }

    private static List<String> sources(Path folder) throws IOException {
        Matcher matcher = Pattern.compile("src=\"([^\"]*)\"").matcher(Files.readString(folder.resolve("index.html")));
        List<String> found = new ArrayList<>();
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    @Test
    void writesEverythingBesideTheReinitialisedNetwork() throws IOException {
        Outcome outcome = inspect(SMALL);
        assertEquals(0, outcome.exit(), outcome.err());
        Path folder = run.resolve("inspect");
        assertTrue(outcome.out().contains("layers: conv1, conv2"), outcome.out());
        assertTrue(outcome.out().contains("written to " + folder.resolve("index.html")), outcome.out());
        Set<String> expected = new TreeSet<>();
        for (String network : List.of("trained", "reinitialised")) {
            for (String picture : List.of("filters-1-conv1", "filters-2-conv2", "patches-1-conv1", "patches-2-conv2", "image-1",
                    "maps-1-1-conv1", "maps-1-2-conv2", "occlusion-1")) {
                expected.add(network + "/" + picture + ".png");
            }
        }
        assertEquals(expected, pictures(folder));
        assertEquals(expected, new TreeSet<>(sources(folder)));
        assertFalse(Files.readString(folder.resolve("index.html")).contains("http"), "the page needs no network");
        JsonNode all = json(folder);
        JsonNode patches = all.at("/trained/patches/conv1");
        assertEquals(3, patches.size());
        assertEquals(9, patches.get(0).size());
        assertTrue(patches.get(0).get(0).get("value").asDouble() >= patches.get(0).get(1).get("value").asDouble());
        assertEquals(5, patches.get(0).get(0).get("region").get(2).asInt());
        assertEquals(16, all.at("/trained/images/0/occlusion/maps/probability").size());
        assertEquals("conv2", all.at("/trained/images/0/occlusion/layer").asText());
        assertNotEquals(patches, all.at("/reinitialised/patches/conv1"));
        assertEquals("[8,10,10]", all.at("/layers/1/shape").toString());
    }

    @Test
    void theSeedGivesTheSameNumbersAndBackendsTheSameUnits() throws IOException {
        String[] quick = {"--samples", "0", "--limit", "20", "--maps", "1", "--method", "patches", "--layer", "conv2", "--out"};
        for (String folder : List.of("a", "b")) {
            String[] on = Outcome.join(new String[] {"--backend", "reference"}, quick);
            assertEquals(0, inspect(Outcome.join(on, out.resolve(folder).toString())).exit());
        }
        String[] on = Outcome.join(new String[] {"--backend", "cpu", "--threads", "1"}, quick);
        assertEquals(0, inspect(Outcome.join(on, out.resolve("c").toString())).exit());
        JsonNode a = json(out.resolve("a"));
        assertEquals(a, json(out.resolve("b")));
        assertEquals(Set.of("trained/patches-1-conv2.png", "reinitialised/patches-1-conv2.png"), pictures(out.resolve("a")));
        assertEquals(units(a), units(json(out.resolve("c"))));
    }

    private static List<String> units(JsonNode json) {
        List<String> units = new ArrayList<>();
        json.at("/trained/patches/conv2").forEach(map -> map.forEach(top -> units.add(top.get("image") + " " + top.get("row") + " "
                + top.get("column"))));
        return units;
    }

    @Test
    void imagesTakeThePlaceOfData() throws IOException {
        Path image = out.resolve("dot.png");
        Tensor dot = Tensor.zeros(DType.UINT8, Shape.of(1, 28, 28));
        dot.slice(1, 10, 18).slice(2, 12, 16).fill(255);
        ImageFile.writePng(image, dot);
        Outcome outcome = inspect("--backend", "reference", "--image", image.toString(), "--method", "saliency,guided", "--layer",
                "maxPool", "--out", out.resolve("looked").toString());
        assertEquals(0, outcome.exit(), outcome.err());
        assertEquals(Set.of("trained/image-1.png", "reinitialised/image-1.png"), pictures(out.resolve("looked")));
        JsonNode one = json(out.resolve("looked")).at("/trained/images/0");
        assertEquals("dot.png", one.get("name").asText());
        assertEquals(-1, one.get("label").asInt());
        assertEquals(one.get("winner"), one.get("watched"));
        assertError("inspect: method patches searches a data set, and there is none. Give --data.", inspect("--backend", "reference",
                "--image", image.toString(), "--method", "patches"));
    }

    @Test
    void badCallsAreNamed() throws IOException {
        assertError("inspect: layer \"conv9\" unknown; image layers are conv1, maxPool, conv2, maxPool_2.", inspect("--layer",
                "conv1,conv9"));
        assertError("inspect: method \"dreams\" is unknown; known are filters, activations, patches, deconvnet, guided, saliency, "
                + "occlusion.", inspect("--method", "dreams"));
        assertError("occlusion: size 40 exceeds the image, 28 x 28. Give a smaller one.", inspect("--occlusion-size", "40"));
        assertError("inspect: --top 0, needs >= 1.", inspect("--top", "0"));
        assertError("inspect: --limit -1, needs >= 0.", inspect("--limit", "-1"));
        for (String file : List.of("train/a/1.png", "train/b/1.png", "test/a/1.png", "test/b/1.png")) {
            Path picture = out.resolve(file);
            Files.createDirectories(picture.getParent());
            ImageFile.writePng(picture, Tensor.zeros(DType.UINT8, Shape.of(1, 9, 9)));
        }
        assertError("inspect: data \"" + out + "\" has 2 classes, the model 10. Name data of the same classes.", inspect("--data",
                out.toString()));
    }

    @Test
    void modelsWithoutImageLayersAreLookedAtByTheirLogits() throws IOException {
        Path linear = MadeRun.in(out).path();
        Outcome outcome = Outcome.of(Outcome.join(new String[] {"inspect", linear.toString()}, SMALL));
        assertEquals(0, outcome.exit(), outcome.err());
        assertTrue(outcome.out().contains("layers: none, the model has no convolution"), outcome.out());
        assertEquals(Set.of("trained/image-1.png", "trained/occlusion-1.png", "reinitialised/image-1.png", "reinitialised/occlusion-1.png"),
                pictures(linear.resolve("inspect")));
        assertError("inspect: layer \"conv1\" unknown; model \"linear\" has no image layers.", Outcome.of("inspect", linear.toString(),
                "--layer", "conv1"));
    }
}
