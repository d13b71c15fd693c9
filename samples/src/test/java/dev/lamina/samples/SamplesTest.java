package dev.lamina.samples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.Digits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void handWrittenBackpropagationEqualsTheGraphs() {
        double worst = TwoLayerNet.run(out);
        assertTrue(worst <= 1e-10, "worst difference " + worst);
        assertTrue(bytes.toString(StandardCharsets.UTF_8).contains("gradient of w1"));
    }

    @Test
    void linearClassifierLearnsDigits() throws IOException {
        double accuracy = LinearClassifier.run(out, Digits.split(1, 2000, 500), 5);
        assertTrue(accuracy > 0.75, "accuracy " + accuracy);
    }

    @Test
    void lenetLearnsDigits() throws IOException {
        double accuracy = LeNetMnist.run(out, Digits.split(1, 2000, 500), 4);
        assertTrue(accuracy > 0.85, "accuracy " + accuracy);
    }
}
