package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
    @TempDir
    private Path dir;

    @Test
    void everyTypeComesBackAsWritten() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (DType dtype : DType.values()) {
            tensors.put("t." + dtype, Tensor.of(dtype, new double[] {0, 1, 2, 1, 0, 3}, 2, 3));
        }
        tensors.put("scalar", Tensor.scalar(DType.FLOAT64, Math.PI));
        tensors.put("empty", Tensor.zeros(DType.FLOAT32, Shape.of(0, 4)));
        Path file = dir.resolve("all.safetensors");
        Safetensors.write(file, tensors, Map.of("model", "lenet"));
        try (SafetensorsFile read = Safetensors.read(file)) {
            assertEquals(tensors.keySet(), read.names().stream().collect(java.util.stream.Collectors.toSet()));
            assertEquals(Map.of("model", "lenet"), read.metadata());
            tensors.forEach((name, tensor) -> {
                assertEquals(tensor.dtype(), read.tensor(name).dtype(), name);
                assertEquals(tensor.shape(), read.tensor(name).shape(), name);
                assertArrayEquals(tensor.toDoubles(), read.tensor(name).toDoubles(), name);
            });
        }
    }

    /** Parses the bytes by the published layout, with nothing of the reader under test. */
    @Test
    void headerFollowsThePublishedLayout() throws IOException {
        Path file = dir.resolve("two.safetensors");
        Safetensors.write(file, new LinkedHashMap<>(Map.of("w", Tensor.of(new float[] {1.5f, -2}, 1, 2))), Map.of("format", "pt"));
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) buffer.getLong(0);
        assertEquals(0, (8 + length) % 8, "data begins at a multiple of 8");
        JsonNode header = new ObjectMapper().readTree(new String(bytes, 8, length, StandardCharsets.UTF_8));
        assertEquals('{', bytes[8]);
        assertEquals("pt", header.get("__metadata__").get("format").textValue());
        assertEquals("F32", header.get("w").get("dtype").textValue());
        assertEquals("[1,2]", header.get("w").get("shape").toString());
        assertEquals("[0,8]", header.get("w").get("data_offsets").toString());
        assertEquals(1.5f, buffer.getFloat(8 + length));
        assertEquals(-2f, buffer.getFloat(8 + length + 4));
        assertEquals(8 + length + 8, bytes.length);
    }

    @Test
    void fileWrittenElsewhereLoads() throws IOException {
        // Entries out of order, unaligned data, no padding, scalar shape: what other writers produce.
        byte[] file = assemble("{\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]},"
                + "\"a\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}}", 7, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0);
        try (SafetensorsFile read = Safetensors.read(store(file))) {
            assertEquals(7, read.tensor("a").item());
            assertArrayEquals(new float[] {1, -2}, read.tensor("b").toFloats());
        }
    }

    @Test
    void equalContentGivesEqualBytes() throws IOException {
        Map<String, Tensor> tensors = Map.of("w", Tensor.of(new float[] {1, 2, 3}));
        Safetensors.write(dir.resolve("1"), tensors, Map.of());
        Safetensors.write(dir.resolve("2"), tensors, Map.of());
        assertArrayEquals(Files.readAllBytes(dir.resolve("1")), Files.readAllBytes(dir.resolve("2")));
    }

    @Test
    void orderOfTheMapDoesNotMatter() throws IOException {
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("b", Tensor.ofBytes(new byte[] {1, 2, 3}));
        tensors.put("z", Tensor.of(new double[] {4}));
        tensors.put("a", Tensor.of(DType.BFLOAT16, new double[] {5}));
        Map<String, Tensor> reversed = new LinkedHashMap<>();
        tensors.sequencedEntrySet().reversed().forEach(e -> reversed.put(e.getKey(), e.getValue()));
        Safetensors.write(dir.resolve("1"), tensors, Map.of("k", "1", "l", "2", "m", "3"));
        Safetensors.write(dir.resolve("2"), reversed, Map.of("m", "3", "l", "2", "k", "1"));
        assertArrayEquals(Files.readAllBytes(dir.resolve("1")), Files.readAllBytes(dir.resolve("2")));
        try (SafetensorsFile read = Safetensors.read(dir.resolve("1"))) {
            assertEquals(List.of("z", "a", "b"), List.copyOf(read.names()), "widest first, so that all data is aligned");
        }
    }

    @Test
    void stridedViewIsWrittenRowMajor() throws IOException {
        Tensor matrix = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Safetensors.write(dir.resolve("t"), Map.of("t", matrix.transpose(1, 0)), Map.of());
        try (SafetensorsFile read = Safetensors.read(dir.resolve("t"))) {
            assertEquals(Shape.of(3, 2), read.tensor("t").shape());
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, read.tensor("t").toFloats());
        }
    }

    @Test
    void namesOfAnyScriptComeBack() throws IOException {
        Map<String, Tensor> tensors = Map.of(
                "Gewicht \"ä\"\n", Tensor.scalar(DType.UINT8, 1), "重み\uD83D\uDE00", Tensor.scalar(DType.UINT8, 2));
        Safetensors.write(dir.resolve("n"), tensors, Map.of("ключ", "значение"));
        try (SafetensorsFile read = Safetensors.read(dir.resolve("n"))) {
            assertEquals(tensors.keySet(), read.names());
            assertEquals(Map.of("ключ", "значение"), read.metadata());
        }
    }

    @Test
    void tensorsOutliveTheFileAndAClosedOneSaysSo() throws IOException {
        Path file = dir.resolve("c");
        Safetensors.write(file, Map.of("w", Tensor.of(new float[] {1})), Map.of());
        SafetensorsFile read = Safetensors.read(file);
        Tensor kept = read.tensor("w");
        assertEquals("safetensors: no tensor \"v\"; the file holds [w].",
                assertThrows(IllegalArgumentException.class, () -> read.tensor("v")).getMessage());
        read.close();
        read.close();
        assertEquals(1, kept.get(0));
        assertEquals("safetensors: tensor \"w\" was asked for after the file was closed.",
                assertThrows(IllegalStateException.class, () -> read.tensor("w")).getMessage());
    }

    @Test
    void reservedNameIsRefusedBeforeAnythingIsWritten() {
        assertEquals("safetensors: a tensor cannot be named __metadata__.", assertThrows(IllegalArgumentException.class,
                () -> Safetensors.write(dir.resolve("r"), Map.of("__metadata__", Tensor.of(new float[1])), Map.of())).getMessage());
        assertFalse(Files.exists(dir.resolve("r")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            not json | header is not a JSON object: it begins with byte 0x6e, needs {.
            [1]      | header is not a JSON object: it begins with byte 0x5b, needs {.
            {"w":    | header is not valid JSON near its character 5: Unexpected end-of-input within/between Object entries. The file is \
            damaged or no safetensors file.
            {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{}} | header is not valid JSON near its character 57: Duplicate \
            field 'w'. The file is damaged or no safetensors file.
            {"w":5}  | tensor "w" is 5, needs an object of dtype, shape and data_offsets.
            {"w":{"shape":[4],"data_offsets":[0,4]}} | tensor "w" has no dtype, supported are BF16, BOOL, F16, F32, F64, I32, I64, U8. \
            Convert the tensor where the file was written.
            {"w":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}} | tensor "w" has dtype "I8", supported are BF16, BOOL, F16, F32, F64, \
            I32, I64, U8. Convert the tensor where the file was written.
            {"w":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}} | tensor "w" has dtype "F8_E4M3", supported are BF16, BOOL, F16, \
            F32, F64, I32, I64, U8. Convert the tensor where the file was written.
            {"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}} | tensor "w" shape holds -1, needs whole numbers from 0 to 2^63 - 1.
            {"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}} | tensor "w" shape holds 1.5, needs whole numbers from 0 to 2^63 - 1.
            {"w":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]}} | tensor "w" shape holds 9223372036854775808, needs \
            whole numbers from 0 to 2^63 - 1.
            {"w":{"dtype":"F32","shape":[[]],"data_offsets":[0,4]}} | tensor "w" shape holds an array, needs whole numbers \
            from 0 to 2^63 - 1.
            {"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}} | tensor "w" of float32 [4294967296, 4294967296] \
            exceeds 2^63 - 1 bytes.
            {"w":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,4]}} | tensor "w" of float32 [4611686018427387904] exceeds \
            2^63 - 1 bytes.
            {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}} | tensor "w" of float32 [2] needs 8 bytes, its offsets hold 4.
            {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | tensor "w" ends at byte 8, the data section has 4. The file is \
            truncated; copy it again.
            {"w":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}} | tensor "w" begins at byte 4 and ends before it, at 0.
            {"w":{"dtype":"U8","shape":[4],"data_offsets":[-4,0]}} | tensor "w" data_offsets holds -4, needs whole numbers \
            from 0 to 2^63 - 1.
            {"w":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}} | bytes 0 to 2 of the data belong to no tensor. Tensors must cover the \
            data without gaps.
            {"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}} | bytes 2 to 4 of the data belong to no tensor. Tensors must cover the \
            data without gaps.
            {} | bytes 0 to 4 of the data belong to no tensor. Tensors must cover the data without gaps.
            {"v":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},"w":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}} | tensor "w" begins \
            at byte 2 inside tensor "v", which ends at 3. Tensors must not overlap.
            {"w":{"dtype":"U8","shape":[4]}} | tensor "w" needs a "shape" array and two "data_offsets".
            {"w":{"dtype":"U8","shape":[4],"data_offsets":[0,2,4]}} | tensor "w" needs a "shape" array and two "data_offsets".
            {"__metadata__":{"a":1},"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}} | __metadata__ entry "a" is 1, needs a text.
            {"__metadata__":[],"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}} | __metadata__ is an array, needs a JSON object.
            """)
    void malformedHeaderIsRefused(String header, String message) throws IOException {
        Path file = store(assemble(header, 1, 2, 3, 4));
        CorruptFileException e = assertThrows(CorruptFileException.class, () -> Safetensors.read(file).close());
        assertEquals("x.safetensors: " + message, e.getMessage());
    }

    @Test
    void damageOutsideTheJsonIsRefused() throws IOException {
        assertEquals("x.safetensors: has 7 bytes, a safetensors file has at least 8. The file is truncated; copy it again.",
                refusal(new byte[7]));
        assertEquals("x.safetensors: header is not a JSON object: it is empty.", refusal(new byte[8]));
        byte[] notUtf8 = assemble("{\"__metadata__\":{\"k\":\"v\"}}");
        notUtf8[8 + 22] = (byte) 0xff;
        assertEquals("x.safetensors: header is not UTF-8. The file is damaged; copy it again.", refusal(notUtf8));
        byte[] hundredMillion = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(Safetensors.MAX_HEADER + 1).array();
        assertEquals("x.safetensors: header claims 100000001 bytes, 0 follow its length. The file is truncated or no safetensors file.",
                refusal(hundredMillion));
        try (FileChannel sparse = FileChannel.open(dir.resolve("x.safetensors"), StandardOpenOption.WRITE)) {
            sparse.write(ByteBuffer.wrap(new byte[1]), 8 + Safetensors.MAX_HEADER);
        }
        assertEquals("x.safetensors: header has 100000001 bytes, the format allows 100000000.", assertThrows(CorruptFileException.class,
                () -> Safetensors.read(dir.resolve("x.safetensors")).close()).getMessage());
    }

    @Test
    void emptyTensorOfHugeExtentsIsLegal() throws IOException {
        Path file = store(assemble("{\"w\":{\"dtype\":\"F32\",\"shape\":[0,4294967296,4294967296],\"data_offsets\":[0,0]}}"));
        try (SafetensorsFile read = Safetensors.read(file)) {
            assertEquals(0, read.tensor("w").elements());
        }
    }

    @Test
    void hostileNamesAreShownShortAndWithoutControlCharacters() throws IOException {
        String name = "\\u001b[31m" + "x".repeat(5000);
        String message = refusal(assemble("{\"" + name + "\":5}"));
        assertTrue(message.startsWith("x.safetensors: tensor \"?[31mxxx"), message);
        assertTrue(message.length() < 400, message);
    }

    @Test
    void missingFileIsNotCalledCorrupt() {
        assertThrows(NoSuchFileException.class, () -> Safetensors.read(dir.resolve("none")).close());
    }

    private String refusal(byte[] bytes) throws IOException {
        Path file = store(bytes);
        return assertThrows(CorruptFileException.class, () -> Safetensors.read(file).close()).getMessage();
    }

    @Test
    void headerLongerThanTheFileIsRefusedWithoutAllocatingIt() throws IOException {
        Path file = store(new byte[] {-1, -1, -1, -1, -1, -1, -1, 0x7f, '{', '}'});
        CorruptFileException e = assertThrows(CorruptFileException.class, () -> Safetensors.read(file).close());
        assertEquals("x.safetensors: header claims 9223372036854775807 bytes, 2 follow its length. "
                + "The file is truncated or no safetensors file.", e.getMessage());
    }

    private Path store(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("x.safetensors"), bytes);
    }

    static byte[] assemble(String header, int... data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        byte[] file = Arrays.copyOf(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length).array(),
                8 + json.length + data.length);
        System.arraycopy(json, 0, file, 8, json.length);
        for (int i = 0; i < data.length; i++) {
            file[8 + json.length + i] = (byte) data[i];
        }
        return file;
    }
}
