package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
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
    void failedWriteLeavesTheOldFile() throws IOException {
        Path file = dir.resolve("kept");
        AtomicFiles.writeString(file, "old");
        assertThrows(IOException.class, () -> AtomicFiles.write(file, out -> {
            out.write('n');
            throw new IOException("disk full");
        }));
        assertEquals("old", Files.readString(file));
        try (var files = Files.list(dir)) {
            assertEquals(1, files.count(), "no part file is left");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            not json | header is not valid JSON
            [1]      | header is not a JSON object.
            {"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},\
            "w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | Duplicate field 'w'
            {"w":{"dtype":"I8","shape":[4],"data_offsets":[0,4]}} | \
            tensor "w" has dtype "I8", supported are [BF16, BOOL, F16, F32, F64, I32, I64, U8].
            {"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}} | tensor "w" shape holds -1, needs whole numbers from 0 to 2^63 - 1.
            {"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}} | tensor "w" shape holds 1.5, needs whole numbers from 0 to 2^63 - 1.
            {"w":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}} | needs whole numbers from 0 to 2^63 - 1.
            {"w":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}} | which exceeds 2^63 - 1 bytes.
            {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}} | tensor "w" of float32 [2] needs 8 bytes, its offsets hold 4.
            {"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | \
            tensor "w" ends at byte 8, the data section has 4. The file is truncated; copy it again.
            {"w":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}} | tensor "w" begins at byte 4 and ends before it, at 0.
            {"w":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}} | bytes 0 to 2 of the data belong to no tensor.
            {"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}} | bytes 2 to 4 of the data belong to no tensor.
            {"v":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},\
            "w":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}} | tensor "w" begins at byte 2 inside tensor "v", which ends at 3.
            {"w":{"dtype":"U8","shape":[4]}} | tensor "w" needs a "shape" array and two "data_offsets".
            {"__metadata__":{"a":1},"w":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}} | __metadata__ entry "a" is not a text.
            """)
    void malformedHeaderIsRefused(String header, String message) throws IOException {
        Path file = store(assemble(header, 1, 2, 3, 4));
        CorruptFileException e = assertThrows(CorruptFileException.class, () -> Safetensors.read(file).close());
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertTrue(e.getMessage().startsWith("x.safetensors: "), e.getMessage());
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
