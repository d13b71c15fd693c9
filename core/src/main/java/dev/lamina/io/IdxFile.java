package dev.lamina.io;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * The IDX format of MNIST, plain or gzip: {@code 0, 0, type, rank}, one big-endian 32-bit extent an axis, then the elements. Type 0x08
 * (unsigned byte) is read. Stateless and thread-safe.
 */
public final class IdxFile {
    private static final int UNSIGNED_BYTE = 8;
    private static final int MAX_RANK = 4;

    private IdxFile() { }

    /**
     * Reads a whole file as uint8.
     *
     * @throws CorruptFileException if the file breaks the format
     */
    public static Tensor read(Path file) throws IOException {
        try (InputStream in = InputFiles.open(file)) {
            byte[] magic = InputFiles.read(file, in, 4);
            if (magic.length < 4 || magic[0] != 0 || magic[1] != 0) {
                throw new CorruptFileException(file, "does not begin with two zero bytes, a type and a rank. It is no IDX file.");
            }
            if (magic[2] != UNSIGNED_BYTE) {
                throw new CorruptFileException(file, "has element type 0x%02x, supported is 0x08 (unsigned byte).".formatted(magic[2]));
            }
            int rank = magic[3] & 0xff;
            if (rank < 1 || rank > MAX_RANK) {
                throw new CorruptFileException(file, "has rank " + rank + ", needs 1 to " + MAX_RANK + ".");
            }
            byte[] extents = InputFiles.read(file, in, 4 * rank);
            if (extents.length < 4 * rank) {
                throw new CorruptFileException(file, "ends within its header.");
            }
            long[] dims = new long[rank];
            long elements = 1;
            for (int axis = 0; axis < rank; axis++) {
                dims[axis] = Integer.toUnsignedLong(ByteBuffer.wrap(extents).getInt(4 * axis));
                elements = dims[axis] != 0 && elements > Integer.MAX_VALUE / dims[axis] ? Long.MAX_VALUE : elements * dims[axis];
            }
            if (elements > Integer.MAX_VALUE - 16) {
                throw new CorruptFileException(file, "claims shape " + Shape.of(dims) + ", more than 2^31 - 17 bytes.");
            }
            byte[] data = InputFiles.read(file, in, (int) elements + 1);
            if (data.length != elements) {
                throw new CorruptFileException(file, "shape " + Shape.of(dims) + " needs " + elements + " bytes, the file has "
                        + (data.length > elements ? "more." : data.length + ". It is truncated; fetch it again."));
            }
            return Tensor.ofBytes(data, dims);
        }
    }

    /**
     * Reads images as {@code [N, 1, H, W]}.
     *
     * @throws CorruptFileException if the file breaks the format or has another rank than 3
     */
    public static Tensor readImages(Path file) throws IOException {
        Tensor images = read(file);
        Shape shape = images.shape();
        if (shape.rank() != 3) {
            throw new CorruptFileException(file, "has rank " + shape.rank() + " " + shape + ", images need rank 3 [N, H, W].");
        }
        return images.reshape(shape.dim(0), 1, shape.dim(1), shape.dim(2));
    }

    /**
     * Reads labels as int32 {@code [N]}.
     *
     * @throws CorruptFileException if the file breaks the format, has another rank than 1, or a label outside {@code 0 .. classes-1}
     */
    public static Tensor readLabels(Path file, int classes) throws IOException {
        Tensor labels = read(file);
        if (labels.shape().rank() != 1) {
            throw new CorruptFileException(file, "has rank " + labels.shape().rank() + " " + labels.shape() + ", labels need rank 1 [N].");
        }
        for (long i = 0; i < labels.elements(); i++) {
            if (labels.getLong(i) >= classes) {
                throw new CorruptFileException(file, "label " + labels.getLong(i) + " at index " + i + ", classes are 0.." + (classes - 1)
                        + ".");
            }
        }
        return labels.cast(DType.INT32);
    }
}
