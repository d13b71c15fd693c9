package dev.lamina.io.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The fields of one protobuf message by number. Nested messages are parts of the same bytes, read when they are asked for. */
final class Fields {
    /** Characters of a file's text that an error shows whole. */
    private static final int LONGEST = 200;

    /** What a message is called in errors. */
    private final String what;
    private final Map<Integer, List<Object>> values;

    private Fields(String what, Map<Integer, List<Object>> values) {
        this.what = what;
        this.values = values;
    }

    /**
     * Reads a message's fields.
     *
     * @throws OnnxFormatException if the bytes are no message
     */
    static Fields of(String what, ByteBuffer bytes) throws OnnxFormatException {
        Map<Integer, List<Object>> values = new HashMap<>();
        CodedInputStream in = CodedInputStream.newInstance(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        try {
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                int number = WireFormat.getTagFieldNumber(tag);
                Object value = switch (WireFormat.getTagWireType(tag)) {
                    case WireFormat.WIRETYPE_VARINT -> in.readRawVarint64();
                    case WireFormat.WIRETYPE_FIXED64 -> in.readRawLittleEndian64();
                    case WireFormat.WIRETYPE_FIXED32 -> (long) in.readRawLittleEndian32();
                    case WireFormat.WIRETYPE_LENGTH_DELIMITED -> {
                        int length = in.readRawVarint32();
                        int start = in.getTotalBytesRead();
                        in.skipRawBytes(length);
                        yield bytes.slice(bytes.position() + start, length).order(ByteOrder.LITTLE_ENDIAN);
                    }
                    default -> throw new OnnxFormatException(what + ": field " + number + " has wire type "
                            + WireFormat.getTagWireType(tag) + ", which protobuf gave up.");
                };
                values.computeIfAbsent(number, _ -> new ArrayList<>(1)).add(value);
            }
        } catch (OnnxFormatException e) {
            throw e;
        } catch (IOException e) {
            throw new OnnxFormatException(what + ": the bytes are no protobuf message: " + e.getMessage());
        }
        return new Fields(what, values);
    }

    private List<Object> all(int number) {
        return values.getOrDefault(number, List.of());
    }

    boolean has(int number) {
        return values.containsKey(number);
    }

    /** The last value of a number, as protobuf rules where a field that is one comes twice. */
    long integer(int number, long otherwise) throws OnnxFormatException {
        List<Object> all = all(number);
        if (all.isEmpty()) {
            return otherwise;
        }
        if (all.getLast() instanceof Long value) {
            return value;
        }
        throw wrongType(number, "a number");
    }

    float number(int number, float otherwise) throws OnnxFormatException {
        return has(number) ? Float.intBitsToFloat((int) integer(number, 0)) : otherwise;
    }

    ByteBuffer bytes(int number) throws OnnxFormatException {
        List<Object> all = all(number);
        return all.isEmpty() ? ByteBuffer.allocate(0) : bytes(number, all.getLast());
    }

    private ByteBuffer bytes(int number, Object value) throws OnnxFormatException {
        if (value instanceof ByteBuffer buffer) {
            return buffer.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        }
        throw wrongType(number, "bytes");
    }

    String text(int number) throws OnnxFormatException {
        return text(bytes(number));
    }

    List<String> texts(int number) throws OnnxFormatException {
        List<String> texts = new ArrayList<>();
        for (Object value : all(number)) {
            texts.add(text(bytes(number, value)));
        }
        return texts;
    }

    private String text(ByteBuffer bytes) throws OnnxFormatException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new OnnxFormatException(what + ": a text is not UTF-8.");
        }
    }

    /** Whole numbers, each by itself or many packed together. */
    long[] integers(int number) throws OnnxFormatException {
        LongList list = new LongList();
        for (Object value : all(number)) {
            switch (value) {
                case Long single -> list.add(single);
                default -> {
                    ByteBuffer packed = bytes(number, value);
                    CodedInputStream in = CodedInputStream.newInstance(packed.array(), packed.arrayOffset(), packed.remaining());
                    try {
                        while (!in.isAtEnd()) {
                            list.add(in.readRawVarint64());
                        }
                    } catch (IOException e) {
                        throw new OnnxFormatException(what + ": field " + number + " holds a damaged number.");
                    }
                }
            }
        }
        return list.toArray();
    }

    float[] floats(int number) throws OnnxFormatException {
        ByteBuffer all = fixed(number, Float.BYTES);
        float[] floats = new float[all.remaining() / Float.BYTES];
        all.asFloatBuffer().get(floats);
        return floats;
    }

    double[] doubles(int number) throws OnnxFormatException {
        ByteBuffer all = fixed(number, Double.BYTES);
        double[] doubles = new double[all.remaining() / Double.BYTES];
        all.asDoubleBuffer().get(doubles);
        return doubles;
    }

    /** Numbers of a fixed width, each by itself or many packed together, as little-endian bytes. */
    private ByteBuffer fixed(int number, int width) throws OnnxFormatException {
        List<Object> all = all(number);
        if (all.size() == 1 && all.getFirst() instanceof ByteBuffer) {
            ByteBuffer packed = bytes(number);
            if (packed.remaining() % width != 0) {
                throw new OnnxFormatException(what + ": field " + number + " has " + packed.remaining() + " bytes, needs a multiple of "
                        + width + ".");
            }
            return packed;
        }
        long total = 0;
        for (Object value : all) {
            total += value instanceof ByteBuffer buffer ? buffer.remaining() : width;
        }
        if (total > Integer.MAX_VALUE - 8 || total % width != 0) {
            throw new OnnxFormatException(what + ": field " + number + " has " + total + " bytes, needs a multiple of " + width + ".");
        }
        ByteBuffer joined = ByteBuffer.allocate((int) total).order(ByteOrder.LITTLE_ENDIAN);
        for (Object value : all) {
            switch (value) {
                case ByteBuffer buffer -> joined.put(buffer.duplicate());
                case Long bits when width == Float.BYTES -> joined.putInt(bits.intValue());
                case Long bits -> joined.putLong(bits);
                default -> throw new AssertionError(value);
            }
        }
        return joined.flip();
    }

    /** The last message under a number. */
    Fields message(int number, String name) throws OnnxFormatException {
        return of(what + ", " + name, bytes(number));
    }

    List<Fields> messages(int number, String name) throws OnnxFormatException {
        List<Fields> messages = new ArrayList<>();
        for (Object value : all(number)) {
            messages.add(of(what + ", " + name + " " + messages.size(), bytes(number, value)));
        }
        return messages;
    }

    int count(int number) {
        return all(number).size();
    }

    /** An error about this message. What is long, as a damaged file's names may be, is cut. */
    OnnxFormatException error(String format, Object... args) {
        Object[] cut = Arrays.stream(args).map(a -> a instanceof Number ? a : shortened(String.valueOf(a))).toArray();
        return new OnnxFormatException(what + ": " + format.formatted(cut));
    }

    /** A text of the file for an error. */
    static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST / 2) + "... (" + text.length() + " characters)";
    }

    private OnnxFormatException wrongType(int number, String needed) {
        return error("field %d is of another type, needs %s.", number, needed);
    }

    /** A growing array. */
    private static final class LongList {
        private long[] values = new long[4];
        private int size;

        void add(long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, 2 * size);
            }
            values[size++] = value;
        }

        long[] toArray() {
            return Arrays.copyOf(values, size);
        }
    }
}
