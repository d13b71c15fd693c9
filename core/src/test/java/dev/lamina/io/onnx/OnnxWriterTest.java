package dev.lamina.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.onnx.OnnxWriter.Storage;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxWriterTest {
    @TempDir
    private Path dir;

    private static OnnxModel model(Map<String, Tensor> initializers, OnnxNode... nodes) {
        return new OnnxModel(8, "lamina 1", Map.of("", 17L), new OnnxGraph("g", List.of(nodes), initializers, List.of(), List.of()),
                List.of(), Map.of());
    }

    private static Map<String, Tensor> weights() {
        Map<String, Tensor> weights = new LinkedHashMap<>();
        weights.put("small", Tensor.of(new long[] {-1, 7}));
        weights.put("a", Tensor.full(DType.FLOAT32, Shape.of(16, 16), 1.5));
        weights.put("b", Tensor.full(DType.UINT8, Shape.of(5000), 9));
        weights.put("c", Tensor.full(DType.FLOAT64, Shape.of(128), 0.25));
        return weights;
    }

    /** Worked by hand from onnx.proto: tag = number * 8 + wire type. */
    @Test
    void bytesAreThoseOfTheFormat() {
        OnnxModel model = new OnnxModel(8, "me 2 x", Map.of("", 17L), new OnnxGraph("g",
                List.of(OnnxNode.of("Elu", List.of("x"), List.of("y"), Map.of("alpha", new OnnxAttribute.Number(1)))),
                Map.of("w", Tensor.of(new float[] {-2}, 1)),
                List.of(new OnnxValue("x", Optional.of(DType.FLOAT32),
                        Optional.of(List.of(new OnnxValue.Dim.Free("N"), new OnnxValue.Dim.Fixed(3))))),
                List.of()), List.of(), Map.of("k", "v"));
        String node = "0a0178" + "120179" + "2203456c75" + nested("2a", "0a05616c706861" + "150000803f" + "a00101");
        String tensor = "0801" + "1001" + "420177" + "4a04000000c0";
        String input = "0a0178" + nested("12", nested("0a", "0801" + nested("12", nested("0a", "12014e") + nested("0a", "0803"))));
        String graph = nested("0a", node) + "120167" + nested("2a", tensor) + nested("5a", input);
        String expected = "0808" + "12026d65" + "1a03322078" + nested("3a", graph) + nested("42", "0a00" + "1011")
                + nested("72", "0a016b" + "120176");
        assertEquals(expected, HexFormat.of().formatHex(OnnxWriter.bytes(model)));
    }

    private static String nested(String tag, String content) {
        return tag + HexFormat.of().toHexDigits((byte) (content.length() / 2)) + content;
    }

    @Test
    void weightsBesideTheModelAreAlignedAndReadAgain() throws IOException {
        OnnxModel model = model(weights());
        Path file = dir.resolve("model.onnx");
        assertEquals(List.of(file, dir.resolve("model.onnx.data")), OnnxWriter.write(file, model, Storage.BESIDE));
        // a: 1024 bytes at 0; b: 5000 at 4096; c: 1024 at 12288; each filled up to a multiple of 4096.
        assertEquals(16384, Files.size(dir.resolve("model.onnx.data")));
        assertEquals(OnnxArbitraries.comparable(model), OnnxArbitraries.comparable(OnnxFile.read(file)));
        byte[] data = Files.readAllBytes(dir.resolve("model.onnx.data"));
        assertEquals(9, data[4096]);
        assertEquals(0, data[4096 + 5000]);
    }

    @Test
    void weightsGoBesideTheModelWhereTheyDoNotFit() throws IOException {
        OnnxModel model = model(weights());
        long size = OnnxWriter.bytes(model).length;
        Path file = dir.resolve("m");
        OnnxWriter.write(file, model, Storage.AUTOMATIC, size);
        assertFalse(Files.exists(dir.resolve("m.data")));
        assertArrayEquals(OnnxWriter.bytes(model), Files.readAllBytes(file));
        OnnxWriter.write(file, model, Storage.AUTOMATIC, size - 1);
        assertTrue(Files.exists(dir.resolve("m.data")));
        assertEquals(OnnxArbitraries.comparable(model), OnnxArbitraries.comparable(OnnxFile.read(file)));
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        OnnxModel model = model(weights());
        long size = OnnxWriter.bytes(model).length;
        Path file = Files.writeString(dir.resolve("m"), "older");
        assertEquals("onnx: model \"m\" has " + size + " bytes, one file holds at most 2000. Put the weights beside it (BESIDE).",
                assertThrows(IllegalArgumentException.class, () -> OnnxWriter.write(file, model, Storage.INSIDE, 2000)).getMessage());
        OnnxModel constant = model(Map.of(), OnnxNode.of("Constant", List.of(), List.of("c"),
                Map.of("value", new OnnxAttribute.OfTensor(Tensor.zeros(DType.UINT8, Shape.of(4000))))));
        String message = assertThrows(IllegalArgumentException.class, () -> OnnxWriter.write(file, constant, Storage.AUTOMATIC, 2000))
                .getMessage();
        assertTrue(message.endsWith("Weights are not counted; tensors in attributes cannot be beside it."), message);
        assertEquals("older", Files.readString(file));
    }

    @Test
    void whatTheReaderDidNotKeepIsNotWritten() {
        OnnxModel model = model(Map.of(), new OnnxNode("n", "", "If", List.of(), List.of(),
                Map.of("then_branch", new OnnxAttribute.Other("a graph"))));
        assertEquals("onnx: If \"n\": attribute \"then_branch\" is a graph, which was not kept when the model was read; it cannot be "
                + "written.", assertThrows(IllegalArgumentException.class, () -> OnnxWriter.bytes(model)).getMessage());
        OnnxModel half = model(Map.of(), OnnxNode.of("\ud83d", List.of(), List.of(), Map.of()));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> OnnxWriter.bytes(half)).getMessage().contains("surrogate"));
    }

    @Test
    void viewsAreWrittenInOrder() throws IOException {
        Tensor view = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(1, 0);
        Path file = dir.resolve("m");
        OnnxWriter.write(file, model(Map.of("v", view)));
        assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, OnnxFile.read(file).graph().initializers().get("v").toFloats());
    }
}
