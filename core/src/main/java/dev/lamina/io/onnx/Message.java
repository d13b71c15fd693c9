package dev.lamina.io.onnx;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A protobuf message to be written, field by field in the order they are added. Texts and tensors are kept, not copied, so that a large
 * model is not in memory twice. Not thread-safe.
 */
final class Message {
    private static final int CHUNK = 1 << 16;

    private final List<Field> fields = new ArrayList<>();
    private long size;

    /** One field with its number. */
    private sealed interface Field {
        record Whole(int number, long value) implements Field {
        }

        record Real(int number, float value) implements Field {
        }

        record Text(int number, byte[] bytes) implements Field {
        }

        record Raw(int number, MemorySegment memory) implements Field {
        }

        record Nested(int number, Message message) implements Field {
        }
    }

    /** Bytes of the message, without its own tag and length; they may exceed what protobuf allows. */
    long size() {
        return size;
    }

    Message whole(int number, long value) {
        return add(new Field.Whole(number, value), CodedOutputStream.computeInt64Size(number, value));
    }

    Message real(int number, float value) {
        return add(new Field.Real(number, value), CodedOutputStream.computeFloatSize(number, value));
    }

    Message text(int number, String value) {
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return add(new Field.Text(number, bytes), delimited(number, bytes.length));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("onnx: the text \"" + value + "\" holds half a surrogate pair, which UTF-8 has not.", e);
        }
    }

    /** A text, or no field where it is empty. */
    Message textIfAny(int number, String value) {
        return value.isEmpty() ? this : text(number, value);
    }

    /** Bytes that are read when the message is written. */
    Message raw(int number, MemorySegment memory) {
        return add(new Field.Raw(number, memory), delimited(number, memory.byteSize()));
    }

    /** A message in this one, to which nothing may be added any more. */
    Message nested(int number, Message message) {
        return add(new Field.Nested(number, message), delimited(number, message.size));
    }

    private Message add(Field field, long bytes) {
        fields.add(field);
        size = Math.addExact(size, bytes);
        return this;
    }

    /** Bytes of a tag, a length and as many bytes. */
    private static long delimited(int number, long bytes) {
        return CodedOutputStream.computeTagSize(number) + CodedOutputStream.computeUInt64SizeNoTag(bytes) + bytes;
    }

    void write(CodedOutputStream out) throws IOException {
        for (Field field : fields) {
            switch (field) {
                case Field.Whole(int number, long value) -> out.writeInt64(number, value);
                case Field.Real(int number, float value) -> out.writeFloat(number, value);
                case Field.Text(int number, byte[] bytes) -> out.writeByteArray(number, bytes);
                case Field.Raw(int number, MemorySegment memory) -> {
                    writeLength(out, number, memory.byteSize());
                    copy(memory, out::writeRawBytes);
                }
                case Field.Nested(int number, Message message) -> {
                    writeLength(out, number, message.size);
                    message.write(out);
                }
            }
        }
    }

    private static void writeLength(CodedOutputStream out, int number, long length) throws IOException {
        out.writeTag(number, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt64NoTag(length);
    }

    /** Where parts of a memory go. */
    @FunctionalInterface
    interface Sink {
        void write(byte[] bytes, int from, int length) throws IOException;
    }

    static void copy(MemorySegment memory, Sink sink) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK, memory.byteSize())];
        for (long at = 0; at < memory.byteSize(); at += chunk.length) {
            int n = (int) Math.min(chunk.length, memory.byteSize() - at);
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
            sink.write(chunk, 0, n);
        }
    }
}
