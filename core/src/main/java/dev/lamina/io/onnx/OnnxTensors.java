package dev.lamina.io.onnx;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** {@code TensorProto} messages. */
final class OnnxTensors {
    private static final int DIMS = 1;
    private static final int DATA_TYPE = 2;
    private static final int SEGMENT = 3;
    private static final int FLOAT_DATA = 4;
    private static final int INT32_DATA = 5;
    private static final int INT64_DATA = 7;
    private static final int NAME = 8;
    private static final int RAW_DATA = 9;
    private static final int DOUBLE_DATA = 10;
    private static final int EXTERNAL_DATA = 13;
    private static final int DATA_LOCATION = 14;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;

    /** Where files of external data are; empty if there can be none. */
    private final Optional<Path> folder;

    OnnxTensors(Optional<Path> folder) {
        this.folder = folder;
    }

    static String name(Fields message) throws OnnxFormatException {
        return message.text(NAME);
    }

    /** The tensor of a message, which owns its memory. */
    Tensor read(Fields message) throws IOException {
        OnnxType type = OnnxType.of(message.integer(DATA_TYPE, 0));
        String title = "tensor \"" + Fields.shortened(name(message)) + "\" ";
        if (type.dtype().isEmpty()) {
            throw message.error("%s%s", title, type.refusal());
        }
        if (message.has(SEGMENT)) {
            throw message.error("%sis one segment of a larger one, which ONNX's readers do not join.", title);
        }
        DType dtype = type.dtype().get();
        Shape shape = shape(message, title);
        long location = message.integer(DATA_LOCATION, 0);
        if (location != 0 && location != 1) {
            throw message.error("%shas data location %d, ONNX defines 0 (in the model) and 1 (external).", title, location);
        }
        if (location == 1) {
            return external(message, title, dtype, shape);
        }
        return message.has(RAW_DATA) ? raw(message, title, dtype, shape, message.bytes(RAW_DATA))
                : typed(message, title, dtype, shape);
    }

    private static Shape shape(Fields message, String title) throws OnnxFormatException {
        long[] dims = message.integers(DIMS);
        long elements = 1;
        for (long dim : dims) {
            if (dim < 0) {
                throw message.error("%shas extent %d, needs >= 0.", title, dim);
            }
            try {
                elements = Math.multiplyExact(elements, Math.max(dim, 1));
                Math.multiplyExact(elements, Double.BYTES);
            } catch (ArithmeticException e) {
                throw message.error("%shas more than 2^63 - 1 bytes.", title);
            }
        }
        return Shape.of(dims);
    }

    private static Tensor raw(Fields message, String title, DType dtype, Shape shape, ByteBuffer bytes) throws OnnxFormatException {
        requireCount(message, title, dtype, shape, bytes.remaining(), shape.elements() * dtype.bytes(), "bytes");
        Tensor tensor = Tensor.zeros(dtype, shape);
        tensor.memory().copyFrom(MemorySegment.ofBuffer(bytes));
        if (dtype == DType.BOOL) {
            normalise(tensor);
        }
        return tensor;
    }

    /** Any byte but 0 is true in ONNX, 1 alone in Lamina. */
    private static void normalise(Tensor tensor) {
        MemorySegment memory = tensor.memory();
        for (long i = 0; i < memory.byteSize(); i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, i) != 0) {
                memory.set(ValueLayout.JAVA_BYTE, i, (byte) 1);
            }
        }
    }

    private static Tensor typed(Fields message, String title, DType dtype, Shape shape) throws OnnxFormatException {
        return switch (dtype) {
            case FLOAT32 -> {
                float[] values = message.floats(FLOAT_DATA);
                requireCount(message, title, dtype, shape, values.length, shape.elements(), "numbers");
                yield Tensor.of(values, values.length).reshape(shape.toArray());
            }
            case FLOAT64 -> {
                double[] values = message.doubles(DOUBLE_DATA);
                requireCount(message, title, dtype, shape, values.length, shape.elements(), "numbers");
                yield Tensor.of(values, values.length).reshape(shape.toArray());
            }
            case INT64 -> {
                long[] values = message.integers(INT64_DATA);
                requireCount(message, title, dtype, shape, values.length, shape.elements(), "numbers");
                yield Tensor.of(values, values.length).reshape(shape.toArray());
            }
            case INT32, UINT8, BOOL, FLOAT16, BFLOAT16 -> narrow(message, title, dtype, shape);
        };
    }

    /** Small types come as int32 each; of the half floats it holds the bits. */
    private static Tensor narrow(Fields message, String title, DType dtype, Shape shape) throws OnnxFormatException {
        long[] values = message.integers(INT32_DATA);
        requireCount(message, title, dtype, shape, values.length, shape.elements(), "numbers");
        Tensor tensor = Tensor.zeros(dtype, shape);
        MemorySegment memory = tensor.memory();
        for (int i = 0; i < values.length; i++) {
            long value = values[i];
            boolean fits = switch (dtype) {
                case INT32 -> value == (int) value;
                case UINT8 -> value >= 0 && value < 1 << Byte.SIZE;
                case FLOAT16, BFLOAT16 -> value >= 0 && value < 1 << Short.SIZE;
                case BOOL -> true;
                case FLOAT32, FLOAT64, INT64 -> throw new AssertionError(dtype);
            };
            if (!fits) {
                throw message.error("%sis %s and holds %d, which such a number has no room for.", title, dtype, value);
            }
            switch (dtype.bytes()) {
                case Integer.BYTES -> memory.set(INT, (long) i * Integer.BYTES, (int) value);
                case Short.BYTES -> memory.set(SHORT, (long) i * Short.BYTES, (short) value);
                default -> memory.set(ValueLayout.JAVA_BYTE, i, (byte) (dtype == DType.BOOL && value != 0 ? 1 : value));
            }
        }
        return tensor;
    }

    private static void requireCount(Fields message, String title, DType dtype, Shape shape, long found, long needed, String what)
            throws OnnxFormatException {
        if (found != needed) {
            throw message.error("%sis %s %s and holds %d %s, needs %d.", title, dtype, shape, found, what, needed);
        }
    }

    private Tensor external(Fields message, String title, DType dtype, Shape shape) throws IOException {
        Map<String, String> entries = new HashMap<>();
        for (Fields entry : message.messages(EXTERNAL_DATA, "external data")) {
            entries.put(entry.text(1), entry.text(2));
        }
        String location = entries.getOrDefault("location", "");
        if (folder.isEmpty()) {
            throw message.error("%sis in the file \"%s\", and it is not known where that is. Read the model from a file.", title, location);
        }
        Path file = inFolder(message, title, location);
        long needed = shape.elements() * dtype.bytes();
        long offset = number(message, title, entries, "offset", 0);
        long length = number(message, title, entries, "length", needed);
        requireCount(message, title, dtype, shape, length, needed, "bytes");
        if (!Files.isRegularFile(file)) {
            throw message.error("%sis in the file \"%s\", which is missing beside the model. Put it there.", title, location);
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            if (offset > in.length() - length) {
                throw message.error("%sis %d bytes from %d on of \"%s\", which has %d.", title, length, offset, location, in.length());
            }
            Tensor tensor = Tensor.zeros(dtype, shape);
            in.seek(offset);
            byte[] part = new byte[1 << 16];
            for (long done = 0; done < length; ) {
                int count = (int) Math.min(part.length, length - done);
                in.readFully(part, 0, count);
                MemorySegment.copy(part, 0, tensor.memory(), ValueLayout.JAVA_BYTE, done, count);
                done += count;
            }
            if (dtype == DType.BOOL) {
                normalise(tensor);
            }
            return tensor;
        }
    }

    private Path inFolder(Fields message, String title, String location) throws OnnxFormatException {
        Path home = folder.orElseThrow().normalize();
        try {
            Path file = home.resolve(location).normalize();
            if (!location.isEmpty() && !Path.of(location).isAbsolute() && file.startsWith(home)) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw message.error("%sis in a file whose name this system cannot have: %s.", title, e.getReason());
        }
        throw message.error("%sis in the file \"%s\", which must lie in the model's folder.", title, location);
    }

    private static long number(Fields message, String title, Map<String, String> entries, String key, long otherwise)
            throws OnnxFormatException {
        String text = entries.get(key);
        try {
            long number = text == null ? otherwise : Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // The error below tells.
        }
        throw message.error("%shas %s \"%s\", needs a number >= 0.", title, key, text);
    }
}
