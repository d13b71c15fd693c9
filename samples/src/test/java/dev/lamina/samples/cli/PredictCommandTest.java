package dev.lamina.samples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.io.ImageFile;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code lamina predict} as users call it. */
class PredictCommandTest {
    @TempDir
    private static Path shared;

    private static MadeRun made;
    private static Path scans;

    @TempDir
    private Path dir;

    @BeforeAll
    static void train() throws IOException {
        made = MadeRun.in(shared);
        scans = Files.createDirectories(shared.resolve("scans/deeper")).getParent();
        Dataset digits = Digits.split(1, 0, 5).test();
        for (int i = 0; i < 5; i++) {
            Tensor digit = Tensor.zeros(DType.UINT8, Shape.of(1, 28, 28));
            digits.read(i, digit);
            ImageFile.writePng(scans.resolve(i < 4 ? "digit-" + i + ".png" : "deeper/digit-4.PNG"), digit);
        }
        Files.writeString(scans.resolve("notes.txt"), "no image");
    }

    private static Outcome predict(String... more) {
        return Outcome.of(Outcome.join(new String[] {"predict", "--run", made.path().toString(), "--backend", "reference"}, more));
    }

    private static List<String> lines(Outcome outcome) {
        return outcome.out().lines().filter(l -> l.contains(".png: ") || l.contains(".PNG: ")).toList();
    }

    @Test
    void aFolderGivesItsImagesInOrderWhateverTheBatch() throws IOException {
        Path json = dir.resolve("p.json");
        Path csv = dir.resolve("p.csv");
        Outcome outcome = predict(scans.toString(), "--json", json.toString(), "--csv", csv.toString(), "--top", "2");
        assertEquals(0, outcome.exit(), outcome.err());
        assertEquals(5, lines(outcome).size(), outcome.out());
        assertTrue(lines(outcome).getFirst().startsWith(scans.resolve("deeper/digit-4.PNG") + ": "), outcome.out());
        assertTrue(lines(outcome).get(1).matches(".*digit-0\\.png: \\d \\d+\\.\\d %, \\d \\d+\\.\\d %"), outcome.out());
        assertEquals(lines(outcome), lines(predict(scans.toString(), "--top", "2", "--batch-size", "2")));
        JsonNode all = new ObjectMapper().readTree(json.toFile());
        assertEquals(5, all.size());
        assertEquals(2, all.get(0).get("probabilities").size());
        List<String> rows = Files.readAllLines(csv);
        assertEquals("file,class,0,1,2,3,4,5,6,7,8,9", rows.getFirst());
        String[] cells = rows.get(1).split(",");
        assertEquals(all.get(0).get("class").textValue(), cells[1]);
        double sum = 0;
        for (int k = 2; k < 12; k++) {
            sum += Double.parseDouble(cells[k]);
        }
        assertEquals(1, sum, 1e-6);
    }

    @Test
    void anImageThatCannotBeReadIsNamedAndTheOthersArePredicted() throws IOException {
        Path bad = Files.writeString(dir.resolve("bad.png"), "this is no image");
        Path good = scans.resolve("digit-0.png");
        Path absent = dir.resolve("absent.png");
        Path empty = Files.createDirectories(dir.resolve("empty"));
        Outcome outcome = predict(bad.toString(), good.toString(), absent.toString(), empty.toString());
        assertEquals(1, outcome.exit());
        assertEquals(1, lines(outcome).size(), outcome.out());
        assertEquals(List.of("lamina: predict: " + absent + ": there is no such file or folder.",
                "lamina: predict: " + empty + ": the folder holds no file named *.png, *.jpg or *.jpeg.",
                "lamina: predict: " + bad + ": is neither a PNG, a JPEG nor a WebP image, by its first bytes. Convert it to one of them.",
                "lamina: predict: 1 predicted, 3 failed."), outcome.err().lines().toList());
    }

    @Test
    void otherSizesAndColoursAreBroughtToTheModels() throws IOException {
        Tensor red = Tensor.zeros(DType.UINT8, Shape.of(3, 50, 40));
        Path colour = dir.resolve("colour.png");
        ImageFile.writePng(colour, red);
        assertEquals(0, predict(colour.toString()).exit());
        String plain = lines(predict(scans.resolve("digit-0.png").toString())).getFirst();
        Tensor image = ImageFile.read(scans.resolve("digit-0.png"));
        Tensor inverted = Tensor.zeros(DType.UINT8, image.shape());
        for (int y = 0; y < 28; y++) {
            for (int x = 0; x < 28; x++) {
                inverted.set(255 - image.get(0, y, x), 0, y, x);
            }
        }
        Path dark = dir.resolve("dark.png");
        ImageFile.writePng(dark, inverted);
        assertEquals(plain.substring(plain.indexOf(": ")), lines(predict("--invert", dark.toString())).getFirst()
                .substring(dark.toString().length()));
    }

    @Test
    void tenCropsOfAnImageWithoutContentAreItself() throws IOException {
        Path flat = dir.resolve("flat.png");
        ImageFile.writePng(flat, Tensor.full(DType.UINT8, Shape.of(1, 60, 90), 77));
        Outcome once = predict(flat.toString());
        Outcome ten = predict(flat.toString(), "--ten-crop", "32");
        assertEquals(0, ten.exit(), ten.err());
        assertEquals(lines(once), lines(ten));
    }

    @Test
    void wrongUseIsExplained() throws IOException {
        String image = scans.resolve("digit-0.png").toString();
        assertRefused("predict: --top 0, needs >= 1.", predict(image, "--top", "0"));
        assertRefused("predict: --batch-size -1, needs >= 1.", predict(image, "--batch-size", "-1"));
        assertRefused("predict: --ten-crop 28, the model's input is 28 x 28 (images must be larger than views). Give a larger size.",
                predict(image, "--ten-crop", "28"));
        assertRefused("predict: --ten-crop 20, the model's input is 28 x 28 (images must be larger than views). Give a larger size.",
                predict(image, "--ten-crop", "20"));
        Path names = Files.writeString(dir.resolve("names.txt"), "a\nb\nc\n");
        assertRefused("--class-names " + names + ": 3 lines, the run has 10 classes, needs a name for each.",
                predict(image, "--class-names", names.toString()));
    }

    private static void assertRefused(String message, Outcome outcome) {
        assertEquals(1, outcome.exit(), outcome.out());
        assertEquals("lamina: " + message, outcome.err().strip());
    }
}
