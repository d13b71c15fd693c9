package dev.lamina.peers;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in Protocol Buffers' wire format, written without holding its bytes: fields are kept with their sizes, so that a model of
 * hundreds of megabytes streams to its file.
 */
final class Proto {
    private static final int VARINT = 0;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final List<Field> fields = new ArrayList<>();
    private long size;

    /** Something of a known size that can be written. */
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private record Field(long tag, long length, boolean delimited, Content content) {
    }

    /** Bytes of this message. */
    long size() {
        return size;
    }

    Proto number(int field, long value) {
        return add(new Field(tag(field, VARINT), varintSize(value), false, out -> varint(out, value)));
    }

    Proto real(int field, float value) {
        int bits = Float.floatToIntBits(value);
        return add(new Field(tag(field, FIXED32), 4, false, out -> {
            for (int shift = 0; shift < 32; shift += 8) {
                out.write(bits >>> shift);
            }
        }));
    }

    Proto text(int field, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return bytes(field, bytes.length, out -> out.write(bytes));
    }

    Proto message(int field, Proto value) {
        return bytes(field, value.size, value::writeTo);
    }

    /** A field of exactly so many bytes, which the content writes. */
    Proto bytes(int field, long length, Content content) {
        return add(new Field(tag(field, BYTES), length, true, content));
    }

    /** The other message's fields after this one's. */
    Proto append(Proto other) {
        other.fields.forEach(this::add);
        return this;
    }

    private Proto add(Field field) {
        fields.add(field);
        size += varintSize(field.tag) + (field.delimited ? varintSize(field.length) : 0) + field.length;
        return this;
    }

    void writeTo(OutputStream out) throws IOException {
        for (Field field : fields) {
            varint(out, field.tag);
            if (field.delimited) {
                varint(out, field.length);
            }
            field.content.writeTo(out);
        }
    }

    private static long tag(int field, int type) {
        return (long) field << 3 | type;
    }

    private static int varintSize(long value) {
        return Math.max(1, (64 - Long.numberOfLeadingZeros(value) + 6) / 7);
    }

    private static void varint(OutputStream out, long value) throws IOException {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
