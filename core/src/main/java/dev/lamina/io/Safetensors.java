package dev.lamina.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads and writes the safetensors format: 8 bytes header length (little endian), a JSON object that gives every tensor's type, shape and
 * byte range, then the data without gaps, little endian, row-major.
 *
 * <p>Reading checks everything before a tensor is made: the ranges must cover the data exactly, without overlap. Stateless and thread-safe.
 */
public final class Safetensors {
    /** The format's own limit of the header's length, in bytes. */
    public static final long MAX_HEADER = 100_000_000;

    private static final String METADATA = "__metadata__";
    private static final ObjectMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final Map<String, DType> TYPES = Map.of("F32", DType.FLOAT32, "F64", DType.FLOAT64, "BF16", DType.BFLOAT16, "F16",
            DType.FLOAT16, "I32", DType.INT32, "I64", DType.INT64, "U8", DType.UINT8, "BOOL", DType.BOOL);

    private Safetensors() { }

    private record Entry(String name, DType dtype, Shape shape, long begin, long end) {
    }

    /**
     * Writes tensors in the order of the map, atomically. Equal content gives equal bytes.
     *
     * @throws IOException if the file cannot be written; an older file is then unchanged
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        requireLittleEndian();
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode pairs = header.putObject(METADATA);
            metadata.forEach(pairs::put);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            if (entry.getKey().equals(METADATA)) {
                throw new IllegalArgumentException("safetensors: a tensor cannot be named " + METADATA + ".");
            }
            Tensor tensor = entry.getValue();
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", code(tensor.dtype()));
            for (long dim : tensor.shape().toArray()) {
                node.withArray("shape").add(dim);
            }
            node.withArray("shape");
            node.putArray("data_offsets").add(offset).add(offset + tensor.byteSize());
            offset += tensor.byteSize();
        }
        byte[] json = JSON.writeValueAsBytes(header);
        byte[] padded = java.util.Arrays.copyOf(json, Math.ceilDiv(json.length, 8) * 8);
        java.util.Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        AtomicFiles.write(file, out -> {
            byte[] length = new byte[Long.BYTES];
            MemorySegment.ofArray(length).set(LENGTH, 0, padded.length);
            out.write(length);
            out.write(padded);
            for (Tensor tensor : tensors.values()) {
                copy(tensor.contiguous().memory(), out);
            }
        });
    }

    private static void copy(MemorySegment memory, OutputStream out) throws IOException {
        byte[] chunk = new byte[1 << 16];
        for (long at = 0; at < memory.byteSize(); at += chunk.length) {
            int n = (int) Math.min(chunk.length, memory.byteSize() - at);
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
            out.write(chunk, 0, n);
        }
    }

    /**
     * Opens a file and checks its header against its size.
     *
     * @throws CorruptFileException if the file breaks the format
     * @throws IOException if it cannot be read
     */
    public static SafetensorsFile read(Path file) throws IOException {
        requireLittleEndian();
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() < Long.BYTES) {
                throw new CorruptFileException(file, "has " + channel.size() + " bytes, a safetensors file has at least 8.");
            }
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return parse(file, bytes, arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static SafetensorsFile parse(Path file, MemorySegment bytes, Arena arena) throws IOException {
        long length = bytes.get(LENGTH, 0);
        long available = bytes.byteSize() - Long.BYTES;
        if (length < 0 || length > available) {
            throw new CorruptFileException(file, "header claims " + Long.toUnsignedString(length) + " bytes, " + available
                    + " follow its length. The file is truncated or no safetensors file.");
        }
        if (length > MAX_HEADER) {
            throw new CorruptFileException(file, "header has " + length + " bytes, the format allows " + MAX_HEADER + ".");
        }
        JsonNode header = json(file, bytes.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE));
        MemorySegment data = bytes.asSlice(Long.BYTES + length);
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : header.properties()) {
            if (field.getKey().equals(METADATA)) {
                metadata(file, field.getValue(), metadata);
            } else {
                entries.add(entry(file, field.getKey(), field.getValue(), data.byteSize()));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        requireCovered(file, entries, data.byteSize());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Entry entry : entries) {
            MemorySegment memory = data.asSlice(entry.begin, entry.end - entry.begin);
            boolean aligned = (Long.BYTES + length + entry.begin) % entry.dtype.bytes() == 0;
            tensors.put(entry.name, Tensor.wrap(aligned ? memory : onHeap(memory), entry.dtype, entry.shape));
        }
        return new SafetensorsFile(arena, tensors, metadata);
    }

    private static MemorySegment onHeap(MemorySegment memory) {
        MemorySegment copy = MemorySegment.ofArray(new long[Math.toIntExact(Math.ceilDiv(memory.byteSize(), 8))]);
        copy.copyFrom(memory);
        return copy;
    }

    private static JsonNode json(Path file, byte[] text) throws CorruptFileException {
        try {
            JsonNode header = JSON.readTree(new String(text, StandardCharsets.UTF_8));
            if (header == null || !header.isObject()) {
                throw new CorruptFileException(file, "header is not a JSON object.");
            }
            return header;
        } catch (JsonProcessingException e) {
            throw new CorruptFileException(file, "header is not valid JSON: " + e.getOriginalMessage() + ".", e);
        }
    }

    private static void metadata(Path file, JsonNode node, Map<String, String> into) throws CorruptFileException {
        if (!node.isObject()) {
            throw new CorruptFileException(file, METADATA + " is not a JSON object.");
        }
        for (Map.Entry<String, JsonNode> pair : node.properties()) {
            if (!pair.getValue().isTextual()) {
                throw new CorruptFileException(file, METADATA + " entry \"" + pair.getKey() + "\" is not a text.");
            }
            into.put(pair.getKey(), pair.getValue().textValue());
        }
    }

    private static Entry entry(Path file, String name, JsonNode node, long dataBytes) throws CorruptFileException {
        String subject = "tensor \"" + name + "\" ";
        JsonNode type = node.path("dtype");
        if (!type.isTextual() || !TYPES.containsKey(type.textValue())) {
            throw new CorruptFileException(file, subject + "has dtype " + type + ", supported are "
                    + TYPES.keySet().stream().sorted().toList() + ".");
        }
        DType dtype = TYPES.get(type.textValue());
        JsonNode dims = node.path("shape");
        JsonNode offsets = node.path("data_offsets");
        if (!dims.isArray() || !offsets.isArray() || offsets.size() != 2) {
            throw new CorruptFileException(file, subject + "needs a \"shape\" array and two \"data_offsets\".");
        }
        long[] extents = new long[dims.size()];
        for (int i = 0; i < extents.length; i++) {
            extents[i] = count(file, subject + "shape", dims.get(i));
        }
        long begin = count(file, subject + "data_offsets", offsets.get(0));
        long end = count(file, subject + "data_offsets", offsets.get(1));
        Shape shape = Shape.of(extents);
        long needed;
        try {
            needed = Math.multiplyExact(shape.elements(), dtype.bytes());
        } catch (ArithmeticException e) {
            throw new CorruptFileException(file, subject + "has shape " + shape + ", which exceeds 2^63 - 1 bytes.", e);
        }
        if (begin > end) {
            throw new CorruptFileException(file, subject + "begins at byte " + begin + " and ends before it, at " + end + ".");
        }
        if (end > dataBytes) {
            throw new CorruptFileException(file, subject + "ends at byte " + end + ", the data section has " + dataBytes
                    + ". The file is truncated; copy it again.");
        }
        if (end - begin != needed) {
            throw new CorruptFileException(file, subject + "of " + dtype + " " + shape + " needs " + needed + " bytes, its offsets hold "
                    + (end - begin) + ".");
        }
        return new Entry(name, dtype, shape, begin, end);
    }

    private static long count(Path file, String subject, JsonNode number) throws CorruptFileException {
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
            throw new CorruptFileException(file, subject + " holds " + number + ", needs whole numbers from 0 to 2^63 - 1.");
        }
        return number.longValue();
    }

    private static void requireCovered(Path file, List<Entry> entries, long dataBytes) throws CorruptFileException {
        long covered = 0;
        String before = null;
        for (Entry entry : entries) {
            if (entry.begin < covered) {
                throw new CorruptFileException(file, "tensor \"" + entry.name + "\" begins at byte " + entry.begin + " inside tensor \""
                        + before + "\", which ends at " + covered + ".");
            }
            if (entry.begin > covered) {
                throw new CorruptFileException(file, "bytes " + covered + " to " + entry.begin + " of the data belong to no tensor.");
            }
            covered = entry.end;
            before = entry.name;
        }
        if (covered != dataBytes) {
            throw new CorruptFileException(file, "bytes " + covered + " to " + dataBytes + " of the data belong to no tensor.");
        }
    }

    private static String code(DType dtype) {
        return TYPES.entrySet().stream().filter(e -> e.getValue() == dtype).findFirst().orElseThrow().getKey();
    }

    private static void requireLittleEndian() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("safetensors: this processor is big endian, the format little endian; not supported.");
        }
    }
}
