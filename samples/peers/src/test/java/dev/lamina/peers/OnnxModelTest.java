package dev.lamina.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is written is what ONNX Runtime reads. */
class OnnxModelTest {
    private static final OrtEnvironment ORT = OrtEnvironment.getEnvironment();

    @TempDir
    private Path dir;

    private float[] run(List<Step> steps, long[] shape, long outputs, float... input) throws IOException, OrtException {
        Path file = dir.resolve("model.onnx");
        OnnxModel.write(file, steps, shape, outputs);
        try (OrtSession session = ORT.createSession(file.toString());
                OnnxTensor images = OnnxTensor.createTensor(ORT, FloatBuffer.wrap(input), shape);
                OrtSession.Result result = session.run(Map.of(OnnxModel.INPUT, images))) {
            OnnxTensor logits = (OnnxTensor) result.get(OnnxModel.OUTPUT).orElseThrow();
            assertArrayEquals(new long[] {shape[0], outputs}, logits.getInfo().getShape());
            return logits.getFloatBuffer().array();
        }
    }

    private static float[] ramp(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i % 7 - 3;
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource(names = {"MLP", "LENET", "RESNET20"})
    void networksRun(Workload workload) throws IOException, OrtException {
        float[] logits = run(workload.steps(), workload.input(), workload.classes(), ramp(workload.inputElements()));
        for (float logit : logits) {
            assertTrue(Float.isFinite(logit));
        }
        assertTrue(Arrays.stream(workload.input()).sum() > 0 && logits[0] != logits[1]);
    }

    @Test
    void rectifierPoolingAndMeanMeanWhatTheySay() throws IOException, OrtException {
        List<Step> steps = List.of(new Step.Relu(), new Step.MaxPool(2, 2), new Step.GlobalAveragePool(), new Step.Flatten());
        assertArrayEquals(new float[] {(1 + 4) / 2f}, run(steps, new long[] {1, 1, 2, 4}, 1, -1, 1, -9, -9, -9, -9, 4, -9));
    }

    @Test
    void responseNormalisationDividesAlphaByTheSize() throws IOException, OrtException {
        List<Step> steps = List.of(new Step.Lrn(5, 5e-4, 0.75, 2), new Step.Flatten());
        float[] expected = {0.594292f, 1.187871f, 1.780140f, 2.370419f, 2.963466f, 3.557354f};
        assertArrayEquals(expected, run(steps, new long[] {1, 6, 1, 1}, 6, 1, 2, 3, 4, 5, 6), 2e-6f);
    }

    @Test
    void shortcutTakesEverySecondRowAndColumnBetweenZeroMaps() throws IOException, OrtException {
        List<Step> body = List.of(new Step.MaxPool(1, 2), new Step.Conv(1, 3, 1, 1, 0, 1, false));
        List<Step> plain = List.of(body.get(0), body.get(1), new Step.Flatten());
        List<Step> steps = List.of(new Step.Residual(body, 2, 2), new Step.Flatten());
        float[] input = {1, 2, 3, 4, 5, 6, 7, 8, 9};
        float[] without = run(plain, new long[] {1, 1, 3, 3}, 12, input);
        float[] with = run(steps, new long[] {1, 1, 3, 3}, 12, input);
        float[] added = {0, 0, 0, 0, 1, 3, 7, 9, 0, 0, 0, 0};
        for (int i = 0; i < added.length; i++) {
            assertEquals(without[i] + added[i], with[i], 1e-5f, "element " + i);
        }
    }

    @Test
    void sameNetworkGivesTheSameBytes() throws IOException {
        Path first = dir.resolve("a.onnx");
        Path second = dir.resolve("b.onnx");
        for (Path file : List.of(first, second)) {
            OnnxModel.write(file, Workload.LENET.steps(), Workload.LENET.input(), 10);
        }
        assertEquals(-1, Files.mismatch(first, second));
    }

    @Test
    void wireFormatIsThatOfProtocolBuffers() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Proto inner = new Proto().number(1, 150);
        Proto message = new Proto().text(2, "testing").message(3, inner).real(4, 1).number(5, -1);
        message.writeTo(out);
        byte[] expected = {0x12, 7, 't', 'e', 's', 't', 'i', 'n', 'g', 0x1a, 3, 8, (byte) 0x96, 1, 0x25, 0, 0, (byte) 0x80, 0x3f, 0x28,
            -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
        assertArrayEquals(expected, out.toByteArray());
        assertEquals(expected.length, message.size());
    }
}
