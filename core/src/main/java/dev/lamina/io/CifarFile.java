package dev.lamina.io;

import dev.lamina.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The binary format of CIFAR-10 and CIFAR-100, plain or gzip: records of the label bytes and 3,072 pixel bytes, red, green and blue plane.
 * Stateless and thread-safe.
 */
public final class CifarFile {
    private static final int PIXELS = 3 * 32 * 32;
    private static final int MAX_RECORDS = 600_000;

    private CifarFile() { }

    /** Which set: how many label bytes a record has and how many classes there are. */
    public enum Variant {
        /** One label byte, ten classes. */
        CIFAR10(1, 10),
        /** A coarse label byte that is skipped and a fine one, a hundred classes. */
        CIFAR100(2, 100);

        private final int labelBytes;
        private final int classes;

        Variant(int labelBytes, int classes) {
            this.labelBytes = labelBytes;
            this.classes = classes;
        }

        /** Number of classes. */
        public int classes() {
            return classes;
        }
    }

    /**
     * What the files hold.
     *
     * @param images uint8 {@code [N, 3, 32, 32]}
     * @param labels int32 {@code [N]}
     */
    public record ImagesAndLabels(Tensor images, Tensor labels) {
    }

    /**
     * Reads files one after another.
     *
     * @throws CorruptFileException if a file is no whole number of records, or a label is out of range
     */
    public static ImagesAndLabels read(List<Path> files, Variant variant) throws IOException {
        ByteArrayOutputStream pixels = new ByteArrayOutputStream();
        ByteArrayOutputStream labels = new ByteArrayOutputStream();
        for (Path file : files) {
            append(file, variant, pixels, labels);
        }
        byte[] labelBytes = labels.toByteArray();
        int[] numbers = new int[labelBytes.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = labelBytes[i] & 0xff;
        }
        return new ImagesAndLabels(Tensor.ofBytes(pixels.toByteArray(), numbers.length, 3, 32, 32), Tensor.of(numbers));
    }

    private static void append(Path file, Variant variant, ByteArrayOutputStream pixels, ByteArrayOutputStream labels)
            throws IOException {
        int size = variant.labelBytes + PIXELS;
        try (InputStream in = InputFiles.open(file)) {
            for (int record = 0;; record++) {
                byte[] bytes = InputFiles.read(file, in, size);
                if (bytes.length == 0) {
                    return;
                }
                if (bytes.length < size) {
                    throw new CorruptFileException(file, "record " + record + " has " + bytes.length + " bytes, needs " + size
                            + ". The file is truncated or of another format.");
                }
                if (labels.size() >= MAX_RECORDS) {
                    throw new CorruptFileException(file, "holds more than " + MAX_RECORDS + " records.");
                }
                int label = bytes[variant.labelBytes - 1] & 0xff;
                if (label >= variant.classes) {
                    throw new CorruptFileException(file, "record " + record + " has label " + label + ", classes are 0.."
                            + (variant.classes - 1) + ".");
                }
                labels.write(label);
                pixels.write(bytes, variant.labelBytes, PIXELS);
            }
        }
    }
}
