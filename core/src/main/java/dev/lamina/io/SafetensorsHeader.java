package dev.lamina.io;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked header of a safetensors file.
 *
 * @param entries tensors by name in the order of their data, which they cover without gap or overlap
 * @param metadata the free text pairs
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    private static final ObjectMapper JSON = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
    private static final Map<String, DType> TYPES = Map.of("F32", DType.FLOAT32, "F64", DType.FLOAT64, "BF16", DType.BFLOAT16, "F16",
            DType.FLOAT16, "I32", DType.INT32, "I64", DType.INT64, "U8", DType.UINT8, "BOOL", DType.BOOL);

    /** Type, shape and the byte range in the data section, whose length is that of type and shape. */
    record Entry(String name, DType dtype, Shape shape, long begin, long end) {
    }

    static String code(DType dtype) {
        return TYPES.entrySet().stream().filter(e -> e.getValue() == dtype).findFirst().orElseThrow().getKey();
    }

    static SafetensorsHeader parse(Path file, byte[] text, long dataBytes) throws CorruptFileException {
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : json(file, text).properties()) {
            if (field.getKey().equals(METADATA)) {
                metadata(file, field.getValue(), metadata);
            } else {
                entries.add(entry(file, field.getKey(), field.getValue(), dataBytes));
            }
        }
        entries.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        requireCovered(file, entries, dataBytes);
        Map<String, Entry> byName = new LinkedHashMap<>();
        entries.forEach(entry -> byName.put(entry.name, entry));
        return new SafetensorsHeader(byName, metadata);
    }

    private static JsonNode json(Path file, byte[] text) throws CorruptFileException {
        if (text.length == 0 || text[0] != '{') {
            throw new CorruptFileException(file, "header is not a JSON object: it "
                    + (text.length == 0 ? "is empty." : "begins with byte 0x%02x, needs {.".formatted(text[0])));
        }
        try {
            return JSON.readTree(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString());
        } catch (CharacterCodingException e) {
            throw new CorruptFileException(file, "header is not UTF-8. The file is damaged; copy it again.", e);
        } catch (JsonProcessingException e) {
            long at = e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getCharOffset());
            String reason = e.getOriginalMessage() == null ? "it cannot be read" : InputFiles.brief(e.getOriginalMessage());
            throw new CorruptFileException(file, "header is not valid JSON near its character " + at + ": " + reason
                    + ". The file is damaged or no safetensors file.", e);
        }
    }

    private static void metadata(Path file, JsonNode node, Map<String, String> into) throws CorruptFileException {
        if (!node.isObject()) {
            throw new CorruptFileException(file, METADATA + " is " + show(node) + ", needs a JSON object.");
        }
        for (Map.Entry<String, JsonNode> pair : node.properties()) {
            if (!pair.getValue().isTextual()) {
                throw new CorruptFileException(file, METADATA + " entry \"" + InputFiles.brief(pair.getKey()) + "\" is "
                        + show(pair.getValue()) + ", needs a text.");
            }
            into.put(pair.getKey(), pair.getValue().textValue());
        }
    }

    private static Entry entry(Path file, String name, JsonNode node, long dataBytes) throws CorruptFileException {
        String subject = subject(name);
        if (!node.isObject()) {
            throw new CorruptFileException(file, subject + "is " + show(node) + ", needs an object of dtype, shape and data_offsets.");
        }
        DType dtype = dtype(file, subject, node.path("dtype"));
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
        Entry entry = new Entry(name, dtype, Shape.of(extents), begin, end);
        requireRange(file, entry, dataBytes);
        return entry;
    }

    private static DType dtype(Path file, String subject, JsonNode type) throws CorruptFileException {
        DType dtype = type.isTextual() ? TYPES.get(type.textValue()) : null;
        if (dtype == null) {
            throw new CorruptFileException(file, subject + (type.isMissingNode() ? "has no dtype" : "has dtype " + show(type))
                    + ", supported are " + String.join(", ", TYPES.keySet().stream().sorted().toList())
                    + ". Convert the tensor where the file was written.");
        }
        return dtype;
    }

    private static long count(Path file, String subject, JsonNode number) throws CorruptFileException {
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
            throw new CorruptFileException(file, subject + " holds " + show(number) + ", needs whole numbers from 0 to 2^63 - 1.");
        }
        return number.longValue();
    }

    private static void requireRange(Path file, Entry entry, long dataBytes) throws CorruptFileException {
        String subject = subject(entry.name);
        String type = entry.dtype + " " + InputFiles.brief(entry.shape.toString());
        long needed;
        try {
            needed = Math.multiplyExact(entry.shape.elements(), entry.dtype.bytes());
        } catch (ArithmeticException e) {
            throw new CorruptFileException(file, subject + "of " + type + " exceeds 2^63 - 1 bytes.", e);
        }
        if (entry.begin > entry.end) {
            throw new CorruptFileException(file, subject + "begins at byte " + entry.begin + " and ends before it, at " + entry.end + ".");
        }
        if (entry.end > dataBytes) {
            throw new CorruptFileException(file, subject + "ends at byte " + entry.end + ", the data section has " + dataBytes
                    + ". The file is truncated; copy it again.");
        }
        if (entry.end - entry.begin != needed) {
            throw new CorruptFileException(file, subject + "of " + type + " needs " + needed + " bytes, its offsets hold "
                    + (entry.end - entry.begin) + ".");
        }
    }

    private static void requireCovered(Path file, List<Entry> entries, long dataBytes) throws CorruptFileException {
        long covered = 0;
        String before = "";
        for (Entry entry : entries) {
            if (entry.begin < covered) {
                throw new CorruptFileException(file, subject(entry.name) + "begins at byte " + entry.begin + " inside " + before
                        + "which ends at " + covered + ". Tensors must not overlap.");
            }
            requireNoGap(file, covered, entry.begin);
            covered = entry.end;
            before = subject(entry.name).stripTrailing() + ", ";
        }
        requireNoGap(file, covered, dataBytes);
    }

    private static void requireNoGap(Path file, long covered, long next) throws CorruptFileException {
        if (next > covered) {
            throw new CorruptFileException(file, "bytes " + covered + " to " + next
                    + " of the data belong to no tensor. Tensors must cover the data without gaps.");
        }
    }

    private static String subject(String name) {
        return "tensor \"" + InputFiles.brief(name) + "\" ";
    }

    private static String show(JsonNode node) {
        return node.isContainerNode() ? node.isArray() ? "an array" : "an object" : InputFiles.brief(node.toString());
    }
}
