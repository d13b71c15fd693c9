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
        CIFAR10(1, 10, 0),
        /** A coarse label byte, checked and left out, and a fine one: a hundred classes in twenty groups. */
        CIFAR100(2, 100, 20);

        private final int labelBytes;
        private final int classes;
        private final int groups;

        Variant(int labelBytes, int classes, int groups) {
            this.labelBytes = labelBytes;
            this.classes = classes;
            this.groups = groups;
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
     * @throws CorruptFileException if a file is empty or no whole number of records, or a label is out of range
     * @throws IOException if a file cannot be read
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
                if (bytes.length == 0 && record > 0) {
                    return;
                }
                if (bytes.length < size) {
                    throw new CorruptFileException(file, "record " + record + " has " + bytes.length + " bytes, " + variant + " needs "
                            + size + ". The file is truncated or of another format.");
                }
                if (labels.size() >= MAX_RECORDS) {
                    throw new CorruptFileException(file, "record " + record + " is one too many: at most " + MAX_RECORDS
                            + " are read, all files together.");
                }
                int label = bytes[variant.labelBytes - 1] & 0xff;
                requireLabel(file, record, "label", label, variant.classes);
                if (variant.groups > 0) {
                    requireLabel(file, record, "coarse label", bytes[0] & 0xff, variant.groups);
                }
                labels.write(label);
                pixels.write(bytes, variant.labelBytes, PIXELS);
            }
        }
    }

    private static void requireLabel(Path file, int record, String what, int label, int classes) throws CorruptFileException {
        if (label >= classes) {
            throw new CorruptFileException(file, "record " + record + " has " + what + " " + label + ", classes are 0.." + (classes - 1)
                    + ". The file is damaged or of another format.");
        }
    }
}
