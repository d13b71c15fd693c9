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
    /** So that one byte more, read to see the file's end, still fits an array. */
    private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 16;

    private IdxFile() { }

    /**
     * Reads a whole file as uint8 of rank 1 to 4. Allocates in proportion to the bytes that are there, not to those that the header claims.
     *
     * @throws CorruptFileException if the file breaks the format
     * @throws IOException if it cannot be read
     */
    public static Tensor read(Path file) throws IOException {
        try (InputStream in = InputFiles.open(file)) {
            Shape shape = header(file, in);
            int needed = (int) shape.elements();
            byte[] data = InputFiles.read(file, in, needed + 1);
            if (data.length != needed) {
                throw new CorruptFileException(file, "shape " + shape + " needs " + needed + " bytes, the file has "
                        + (data.length > needed ? "more. It is damaged; fetch it again."
                                : data.length + ". It is truncated; fetch it again."));
            }
            return Tensor.ofBytes(data, shape.toArray());
        }
    }

    private static Shape header(Path file, InputStream in) throws IOException {
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
            throw new CorruptFileException(file, "ends at byte " + (4 + extents.length) + " within its header of " + (4 + 4 * rank)
                    + " bytes. It is truncated; fetch it again.");
        }
        long[] dims = new long[rank];
        for (int axis = 0; axis < rank; axis++) {
            dims[axis] = Integer.toUnsignedLong(ByteBuffer.wrap(extents).getInt(4 * axis));
        }
        Shape shape = Shape.of(dims);
        if (!fits(shape)) {
            throw new CorruptFileException(file, "claims shape " + shape + ", at most " + MAX_ELEMENTS + " elements are read.");
        }
        return shape;
    }

    private static boolean fits(Shape shape) {
        try {
            return shape.elements() <= MAX_ELEMENTS;
        } catch (ArithmeticException e) {
            return false;
        }
    }

    /**
     * Reads images as uint8 {@code [N, 1, H, W]}.
     *
     * @throws CorruptFileException if the file breaks the format or has another rank than 3
     */
    public static Tensor readImages(Path file) throws IOException {
        Tensor images = read(file);
        Shape shape = images.shape();
        if (shape.rank() != 3) {
            throw new CorruptFileException(file, "has rank " + shape.rank() + " " + shape + ", images need rank 3 [N, H, W]."
                    + (shape.rank() == 1 ? " Is it the file of labels?" : ""));
        }
        return images.reshape(shape.dim(0), 1, shape.dim(1), shape.dim(2));
    }

    /**
     * Reads labels as int32 {@code [N]}.
     *
     * @throws CorruptFileException if the file breaks the format, has another rank than 1, or a label outside {@code 0 .. classes-1}
     * @throws IllegalArgumentException if {@code classes < 1}
     */
    public static Tensor readLabels(Path file, int classes) throws IOException {
        if (classes < 1) {
            throw new IllegalArgumentException("idx: classes = " + classes + ", needs >= 1.");
        }
        Tensor labels = read(file);
        if (labels.shape().rank() != 1) {
            throw new CorruptFileException(file, "has rank " + labels.shape().rank() + " " + labels.shape() + ", labels need rank 1 [N]."
                    + (labels.shape().rank() == 3 ? " Is it the file of images?" : ""));
        }
        for (long i = 0; i < labels.elements(); i++) {
            if (labels.getLong(i) >= classes) {
                throw new CorruptFileException(file, "label " + labels.getLong(i) + " at index " + i + ", classes are 0.." + (classes - 1)
                        + "." + (labels.getLong(i) == classes ? " Are labels 1-based?" : ""));
            }
        }
        return labels.cast(DType.INT32);
    }
}
