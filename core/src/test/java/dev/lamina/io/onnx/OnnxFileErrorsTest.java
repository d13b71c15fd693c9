package dev.lamina.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.io.CorruptFileException;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said of files that break the format. */
class OnnxFileErrorsTest {
    private static final int INITIALIZER = 5;

    @TempDir
    private Path dir;

    private static MemorySegment bytes(int... bytes) {
        byte[] array = new byte[bytes.length];
        for (int i = 0; i < array.length; i++) {
            array[i] = (byte) bytes[i];
        }
        return MemorySegment.ofArray(array);
    }

    private static byte[] encoded(Message message) throws IOException {
        byte[] bytes = new byte[(int) message.size()];
        message.write(com.google.protobuf.CodedOutputStream.newInstance(bytes));
        return bytes;
    }

    private static Message model(Message graph) {
        return new Message().whole(1, 8).nested(7, graph);
    }

    /** A tensor called w of a type and extents. */
    private static Message tensor(long type, long... dims) {
        Message message = new Message();
        Arrays.stream(dims).forEach(dim -> message.whole(1, dim));
        return message.whole(2, type).text(8, "w");
    }

    private static Message external(String... entries) {
        Message message = tensor(1, 2).whole(14, 1);
        for (int i = 0; i < entries.length; i += 2) {
            message.nested(13, new Message().text(1, entries[i]).text(2, entries[i + 1]));
        }
        return message;
    }

    private void refused(String expected, byte[] bytes) throws IOException {
        Path file = Files.write(dir.resolve("m.onnx"), bytes);
        assertEquals("m.onnx: " + expected, assertThrows(CorruptFileException.class, () -> OnnxFile.read(file)).getMessage());
    }

    private void refused(String expected, Message graph) throws IOException {
        refused(expected, encoded(model(graph)));
    }

    private void tensorRefused(String expected, Message tensor) throws IOException {
        refused("model, graph, initializer 0: tensor \"w\" " + expected, new Message().nested(INITIALIZER, tensor));
    }

    @Test
    void filesThatAreNoModels() throws IOException {
        String none = "model: there is no graph in it (field 7); this is not an ONNX model.";
        refused(none, new byte[0]);
        refused(none, encoded(new Message().whole(1, 8)));
        refused("model: the bytes are no protobuf message: Protocol message contained an invalid tag (zero).",
                new byte[] {0, 0, 0});
        refused("model: field 14 has wire type 7, which protobuf gave up.", "window".getBytes(StandardCharsets.US_ASCII));
        byte[] whole = encoded(model(new Message().text(2, "a graph of some length")));
        refused("model: the bytes are no protobuf message: While parsing a protocol message, the input ended unexpectedly in the middle of "
                + "a field.  This could mean either that the input has been truncated or that an embedded message misreported its own "
                + "length.", Arrays.copyOf(whole, whole.length - 3));
    }

    @Test
    void partsThatAreNoMessages() throws IOException {
        refused("model, graph: the bytes are no protobuf message: Protocol message contained an invalid tag (zero).",
                encoded(new Message().raw(7, bytes(0))));
        refused("model: field 7 is of another type, needs bytes.", encoded(new Message().whole(7, 3)));
        refused("model, graph: a text is not UTF-8.", new Message().raw(2, bytes('a', 0xff)));
        refused("model, graph, node 0: field 1 is of another type, needs bytes.", new Message().nested(1, new Message().whole(1, 3)));
    }

    @Test
    void graphsThatBreakTheirRules() throws IOException {
        Message tensor = tensor(1, 1).raw(9, bytes(0, 0, 0, 0));
        refused("model, graph: two initializers are called \"w\".",
                new Message().nested(INITIALIZER, tensor).nested(INITIALIZER, tensor));
        refused("model, graph: has sparse initializers, which Lamina does not read. Save the model with dense ones.",
                new Message().nested(15, new Message()));
        Message attribute = new Message().text(1, "axis").whole(3, 1).whole(20, 2);
        refused("model, graph, node 1: attribute \"axis\" comes twice.",
                new Message().nested(1, new Message()).nested(1, new Message().nested(5, attribute).nested(5, attribute)));
        refused("model, graph, input 0: \"s\" is no tensor (a sequence, map, sparse or optional value), which Lamina has not.",
                new Message().nested(11, new Message().text(1, "s").nested(2, new Message().nested(4, new Message()))));
    }

    @Test
    void tensorsWhoseNumbersDoNotFit() throws IOException {
        tensorRefused("is float32 [2, 3] and holds 20 bytes, needs 24.", tensor(1, 2, 3).raw(9, MemorySegment.ofArray(new byte[20])));
        tensorRefused("is float32 [2] and holds 0 numbers, needs 2.", tensor(1, 2));
        tensorRefused("is int64 [] and holds 2 numbers, needs 1.", tensor(7).whole(7, 1).whole(7, 2));
        tensorRefused("is float64 [1] and holds 2 numbers, needs 1.", tensor(11, 1).raw(10, MemorySegment.ofArray(new byte[16])));
        tensorRefused("has extent -3, needs >= 0.", tensor(1, 2, -3).raw(9, bytes()));
        tensorRefused("has more than 2^63 - 1 bytes.", tensor(1, 1L << 32, 1L << 32).raw(9, bytes()));
        tensorRefused("is float32 [1099511627776, 0, 1] and holds 1 bytes, needs 0.", tensor(1, 1L << 40, 0, 1).raw(9, bytes(1)));
        tensorRefused("is uint8 and holds 256, which such a number has no room for.", tensor(2, 1).whole(5, 256));
        tensorRefused("is uint8 and holds -1, which such a number has no room for.", tensor(2, 1).whole(5, -1));
        tensorRefused("is float16 and holds 65536, which such a number has no room for.", tensor(10, 1).whole(5, 65536));
        tensorRefused("is int32 and holds 2147483648, which such a number has no room for.", tensor(6, 1).whole(5, 1L << 31));
        refused("model, graph, initializer 0: field 4 has 3 bytes, needs a multiple of 4.",
                new Message().nested(INITIALIZER, tensor(1, 1).raw(4, bytes(1, 2, 3))));
        refused("model, graph, initializer 0: field 7 holds a damaged number.",
                new Message().nested(INITIALIZER, tensor(7, 1).raw(7, bytes(0x80))));
    }

    @Test
    void longNamesAreCut() throws IOException {
        String name = "n".repeat(500);
        refused("model, graph, initializer 0: tensor \"" + "n".repeat(100) + "... (500 characters)\" is float32 [1] and holds 0 numbers, "
                + "needs 1.", new Message().nested(INITIALIZER, new Message().whole(1, 1).whole(2, 1).text(8, name)));
        Message tensor = new Message().whole(2, 1).text(8, name).raw(9, bytes(0, 0, 0, 0));
        refused("model, graph: two initializers are called \"" + "n".repeat(100) + "... (500 characters)\".",
                new Message().nested(INITIALIZER, tensor).nested(INITIALIZER, tensor));
    }

    @Test
    void tensorsThatLaminaHasNot() throws IOException {
        String types = "; Lamina has float32, float64, bfloat16, float16, int32, int64, uint8, bool. Convert the model.";
        tensorRefused("is int8" + types, tensor(3, 1).raw(9, bytes(1)));
        tensorRefused("is string" + types, tensor(8, 1));
        tensorRefused("is undefined" + types, tensor(99, 1));
        tensorRefused("is undefined" + types, tensor(-1, 1));
        tensorRefused("is one segment of a larger one, which ONNX's readers do not join.", tensor(1, 1).nested(3, new Message()));
        tensorRefused("has data location 2, ONNX defines 0 (in the model) and 1 (external).", tensor(1, 1).whole(14, 2));
    }

    @Test
    void externalDataThatCannotBe() throws IOException {
        String outside = "which must lie in the model's folder.";
        tensorRefused("is in the file \"\", " + outside, external());
        tensorRefused("is in the file \"../w.bin\", " + outside, external("location", "../w.bin"));
        tensorRefused("is in the file \"a/../../w.bin\", " + outside, external("location", "a/../../w.bin"));
        tensorRefused("is in the file \"/etc/hostname\", " + outside, external("location", "/etc/hostname"));
        tensorRefused("is in a file whose name this system cannot have: Nul character not allowed.", external("location", "w\0"));
        tensorRefused("is in the file \"w.bin\", which is missing beside the model. Put it there.", external("location", "w.bin"));
        tensorRefused("is in the file \".\", which is missing beside the model. Put it there.", external("location", "."));
        Files.write(dir.resolve("w.bin"), new byte[10]);
        tensorRefused("is 8 bytes from 4 on of \"w.bin\", which has 10.", external("location", "w.bin", "offset", "4"));
        tensorRefused("is 8 bytes from 9223372036854775807 on of \"w.bin\", which has 10.",
                external("location", "w.bin", "offset", "9223372036854775807"));
        tensorRefused("is float32 [2] and holds 4 bytes, needs 8.", external("location", "w.bin", "length", "4"));
        tensorRefused("has offset \"-1\", needs a number >= 0.", external("location", "w.bin", "offset", "-1"));
        tensorRefused("has length \"8 bytes\", needs a number >= 0.", external("location", "w.bin", "length", "8 bytes"));
    }

    /** Numbers in the fields of their types, where a writer does not pack bytes. */
    @Test
    void typedNumbersAreRead() throws IOException {
        Message graph = new Message();
        graph.nested(INITIALIZER, tensor(10, 2).whole(5, 0x3c00).whole(5, 0xc000));
        graph.nested(INITIALIZER, new Message().whole(1, 2).whole(2, 9).text(8, "bool").whole(5, 0).whole(5, 7));
        graph.nested(INITIALIZER, new Message().whole(1, 2).whole(2, 2).text(8, "uint8").raw(5, bytes(0xff, 1, 3)));
        graph.nested(INITIALIZER, new Message().whole(1, 1).whole(2, 6).text(8, "int32").whole(5, -5));
        graph.nested(INITIALIZER, new Message().whole(1, 2).whole(2, 1).text(8, "float32").real(4, 1.5f).real(4, -2));
        Path file = Files.write(dir.resolve("m.onnx"), encoded(model(graph)));
        List<Tensor> read = List.copyOf(OnnxFile.read(file).graph().initializers().values());
        assertEquals(List.of(DType.FLOAT16, DType.BOOL, DType.UINT8, DType.INT32, DType.FLOAT32),
                read.stream().map(Tensor::dtype).toList());
        assertArrayEquals(new double[] {1, -2}, read.get(0).toDoubles());
        assertArrayEquals(new double[] {0, 1}, read.get(1).toDoubles());
        assertArrayEquals(new double[] {255, 3}, read.get(2).toDoubles());
        assertArrayEquals(new double[] {-5}, read.get(3).toDoubles());
        assertArrayEquals(new double[] {1.5, -2}, read.get(4).toDoubles());
    }
}
