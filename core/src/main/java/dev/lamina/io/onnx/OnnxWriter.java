package dev.lamina.io.onnx;

import com.google.protobuf.CodedOutputStream;
import dev.lamina.io.AtomicFiles;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes ONNX files. Equal models give equal bytes: metadata and versions are ordered by name, everything else is as the model has it.
 *
 * <p>Tensors are written as raw data, little endian. Weights lie in the file itself or, as external data, in a file beside it that has the
 * model's name with {@value #DATA} appended; the two belong together. Such a file holds the initializers of {@value #LEAST_BESIDE} bytes or
 * more, each at a multiple of {@value #ALIGNMENT} bytes, so that they can be mapped; smaller ones stay in the model. Stateless and
 * thread-safe.
 */
public final class OnnxWriter {
    /** What is appended to the model's name for the file of external data. */
    public static final String DATA = ".data";

    /** Bytes of the smallest initializer that goes into external data. */
    static final int LEAST_BESIDE = 1024;
    /** What the position of an initializer in external data is a multiple of: the page size that ONNX's documentation advises. */
    static final int ALIGNMENT = 4096;
    /** Largest message that readers take. */
    private static final long LIMIT = Integer.MAX_VALUE - 8L;

    private OnnxWriter() { }

    /** Where weights go. */
    public enum Storage {
        /** Into the file if it then has less than 2 GiB, else beside it. */
        AUTOMATIC,
        /** Into the file. */
        INSIDE,
        /** Into a file beside it. */
        BESIDE
    }

    /** Initializers by name, with where they start in the file of external data. */
    private record Layout(String file, Map<String, Long> starts, List<Tensor> tensors) {
        static final Layout NONE = new Layout("", Map.of(), List.of());
    }

    /**
     * Writes a model, with weights where they fit.
     *
     * @return the files that were written, the model first
     * @throws IllegalArgumentException if the model holds what its record does not keep ({@link OnnxAttribute.Other}), or is larger than
     *     2 GiB without its weights
     * @throws IOException if a file cannot be written; an older model is then unchanged, unless weights go beside the new one
     */
    public static List<Path> write(Path file, OnnxModel model) throws IOException {
        return write(file, model, Storage.AUTOMATIC);
    }

    /**
     * Writes a model. Where weights go beside it and there is an older model, that is deleted first: one that is interrupted then leaves
     * no model, never an older one beside the newer weights.
     *
     * @return the files that were written, the model first
     * @throws IllegalArgumentException as {@link #write(Path, OnnxModel)}, and if weights are to be {@link Storage#INSIDE} and exceed 2 GiB
     * @throws IOException if a file cannot be written
     */
    public static List<Path> write(Path file, OnnxModel model, Storage storage) throws IOException {
        return write(file, model, storage, LIMIT);
    }

    static List<Path> write(Path file, OnnxModel model, Storage storage, long limit) throws IOException {
        requireLittleEndian();
        String name = file.getFileName().toString();
        Message inside = message(model, Layout.NONE);
        boolean fits = inside.size() <= limit;
        if (storage != Storage.BESIDE && fits) {
            AtomicFiles.write(file, out -> send(inside, out));
            return List.of(file);
        }
        if (storage == Storage.INSIDE) {
            throw tooLarge(name, inside.size(), limit, "Put the weights beside it (BESIDE).");
        }
        Layout layout = layout(name + DATA, model.graph().initializers());
        Message beside = message(model, layout);
        if (beside.size() > limit) {
            throw tooLarge(name, beside.size(), limit, "Weights are not counted; tensors in attributes cannot be beside it.");
        }
        Files.deleteIfExists(file);
        Path data = file.resolveSibling(layout.file());
        AtomicFiles.write(data, out -> sendData(layout, out));
        AtomicFiles.write(file, out -> send(beside, out));
        return List.of(file, data);
    }

    /**
     * A model as bytes, weights included.
     *
     * @throws IllegalArgumentException if the model holds what its record does not keep, or is larger than 2 GiB
     */
    public static byte[] bytes(OnnxModel model) {
        requireLittleEndian();
        Message message = message(model, Layout.NONE);
        if (message.size() > LIMIT) {
            throw tooLarge(model.graph().name(), message.size(), LIMIT, "Write it to a file.");
        }
        byte[] bytes = new byte[(int) message.size()];
        try {
            CodedOutputStream out = CodedOutputStream.newInstance(bytes);
            message.write(out);
            out.checkNoSpaceLeft();
        } catch (IOException e) {
            throw new AssertionError("an array does not fail", e);
        }
        return bytes;
    }

    private static IllegalArgumentException tooLarge(String name, long bytes, long limit, String wayOut) {
        return new IllegalArgumentException("onnx: model \"" + name + "\" has " + bytes + " bytes, one file holds at most " + limit + ". "
                + wayOut);
    }

    private static void send(Message message, OutputStream stream) throws IOException {
        CodedOutputStream out = CodedOutputStream.newInstance(stream, 1 << 16);
        message.write(out);
        out.flush();
    }

    private static void sendData(Layout layout, OutputStream out) throws IOException {
        for (Tensor tensor : layout.tensors()) {
            Message.copy(tensor.contiguous().memory(), out::write);
            out.write(new byte[(int) (aligned(tensor.byteSize()) - tensor.byteSize())]);
        }
    }

    private static Layout layout(String file, Map<String, Tensor> initializers) {
        Map<String, Long> starts = new HashMap<>();
        List<Tensor> tensors = new ArrayList<>();
        long at = 0;
        for (Map.Entry<String, Tensor> entry : initializers.entrySet()) {
            Tensor tensor = entry.getValue();
            if (tensor.byteSize() >= LEAST_BESIDE) {
                starts.put(entry.getKey(), at);
                tensors.add(tensor);
                at += aligned(tensor.byteSize());
            }
        }
        return new Layout(file, starts, tensors);
    }

    private static long aligned(long bytes) {
        return Math.multiplyExact(Math.ceilDiv(bytes, ALIGNMENT), (long) ALIGNMENT);
    }

    private static Message message(OnnxModel model, Layout layout) {
        return new OnnxMessages(name -> Optional.ofNullable(layout.starts().get(name))
                .map(start -> new OnnxMessages.Place(layout.file(), start))).model(model);
    }

    private static void requireLittleEndian() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("onnx: this processor is big endian, the format little endian; not supported.");
        }
    }
}
