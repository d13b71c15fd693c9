package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenersTest {
    private static final EpochMetrics ONE = new EpochMetrics(1, 10, 0.5, 0.75, 0.25, 0.875, 1, 0.1, 2, 1000);
    private static final EpochMetrics TWO = new EpochMetrics(2, 20, 0.25, 0.8, Double.NaN, 0.9, 1, 0.05, 2.5, 1200);

    @TempDir
    Path folder;

    private static Listener.Start start(long step, List<EpochMetrics> history) {
        TrainConfig config = TrainConfig.builder("lenet", "digits").epochs(3).seed(7).earlyStop(2, 0).build();
        return new Listener.Start(config, "reference", "a \"device\"", 100, 50, 10, step, history);
    }

    @Test
    void csvHoldsOneRowAnEpochAlsoAfterResuming() throws IOException {
        Path file = folder.resolve(CsvListener.FILE);
        CsvListener first = new CsvListener(folder);
        first.onStart(start(0, List.of()));
        assertEquals(List.of(CsvListener.HEADER), Files.readAllLines(file));
        first.onEpoch(new Listener.Epoch(ONE, List.of(ONE)));
        first.onEpoch(new Listener.Epoch(TWO, List.of(ONE, TWO)));
        CsvListener resumed = new CsvListener(folder);
        resumed.onStart(start(13, List.of(ONE)));
        assertEquals(2, Files.readAllLines(file).size(), "the row of an epoch that is done again is gone");
        resumed.onEpoch(new Listener.Epoch(TWO, List.of(ONE, TWO)));
        assertEquals(List.of(CsvListener.HEADER, "1,10,0.5,0.75,0.25,0.875,1.0,0.1,2.0,1000.0",
                "2,20,0.25,0.8,NaN,0.9,1.0,0.05,2.5,1200.0"), Files.readAllLines(file));
    }

    @Test
    void jsonHoldsWhatWasRunAndTheLastEpoch() throws IOException {
        Path file = folder.resolve("metrics.json");
        JsonSummary listener = new JsonSummary(folder);
        listener.onStart(start(0, List.of()));
        listener.onEpoch(new Listener.Epoch(ONE, List.of(ONE)));
        assertEquals("RUNNING", new ObjectMapper().readTree(file.toFile()).get("end").textValue());
        listener.onEnd(new TrainResult(TrainResult.End.FINISHED, List.of(ONE, TWO), 20, 4.5, 1100));
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals("reference", json.get("backend").textValue());
        assertEquals("a \"device\"", json.get("device").textValue());
        assertEquals("lenet", json.get("model").textValue());
        assertEquals("digits", json.get("data").textValue());
        assertEquals(7, json.get("seed").longValue());
        assertEquals(2, json.get("epochs").intValue());
        assertEquals(0.25, json.get("train_loss").doubleValue());
        assertEquals("NaN", json.get("test_loss").textValue());
        assertEquals(0.9, json.get("test_accuracy").doubleValue());
        assertEquals(4.5, json.get("seconds").doubleValue());
        assertEquals(1100, json.get("samples_per_second").doubleValue());
        assertEquals(2, json.get("history").size());
        assertEquals("FINISHED", json.get("end").textValue());
    }

    @Test
    void curvesAreAPictureWithEpochsWithoutAFiniteValueLeftOut() throws IOException {
        Path file = folder.resolve("curves.png");
        new CurvesListener(folder).onEnd(new TrainResult(TrainResult.End.FINISHED, List.of(ONE, TWO), 20, 4.5, 1100));
        BufferedImage image = ImageIO.read(file.toFile());
        assertTrue(image.getWidth() >= 600 && image.getHeight() >= 600, image.getWidth() + " x " + image.getHeight());
    }

    @Test
    void noCurvesWithoutAnEpoch() {
        Path file = folder.resolve("curves.png");
        new CurvesListener(folder).onEnd(new TrainResult(TrainResult.End.STOPPED, List.of(), 2, 0.5, 100));
        assertFalse(Files.exists(file));
    }

    @Test
    void plainProgressIsOneLineAnEpoch() {
        String text = progress(false);
        assertEquals("""
                Training lenet on digits: 100 samples, 3 epochs, batch size 64, reference (a "device")
                Epoch 1/3: train loss 0.5000, accuracy 75.00 %; test loss 0.2500, accuracy 87.50 %; 2.0 s, 1000 samples/s, \
                0.0 % of it waiting for data
                Stopped early: the test loss has not fallen for 2 epochs.
                """, text.replace("\r\n", "\n"));
    }

    @Test
    void aTerminalGetsABarToo() {
        String text = progress(true);
        assertTrue(text.contains("\r"), text);
        assertTrue(text.contains("Epoch 1/3"), text);
        assertTrue(text.contains("loss 2.0000 acc 50.00 %"), text);
        assertTrue(text.contains("samples/s"), text);
        assertTrue(text.contains("test loss 0.2500"), text);
    }

    private static String progress(boolean terminal) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ProgressListener listener = new ProgressListener(new PrintStream(bytes, true, StandardCharsets.UTF_8), terminal);
        listener.onStart(start(0, List.of()));
        listener.onStep(new Listener.Step(1, 0, 1, 64, 2.5, 0.1, 2.5, 0.25));
        listener.onStep(new Listener.Step(1, 1, 2, 100, 1.5, 0.1, 2.0, 0.5));
        listener.onEpoch(new Listener.Epoch(ONE, List.of(ONE)));
        listener.onEnd(new TrainResult(TrainResult.End.EARLY_STOP, List.of(ONE), 10, 2, 1000));
        listener.close();
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
