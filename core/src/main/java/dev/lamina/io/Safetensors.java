package dev.lamina.io;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes the safetensors format: 8 bytes header length (little endian), a JSON object that gives every tensor's type, shape and
 * byte range, then the data without gaps, little endian, row-major.
 *
 * <p>Reading checks everything before a tensor is made: the ranges must cover the data exactly, without overlap. Stateless and thread-safe.
 */
public final class Safetensors {
    /** The format's own limit of the header's length, in bytes. */
    public static final long MAX_HEADER = 100_000_000;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ValueLayout.OfLong LENGTH = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Safetensors() { }

    /**
     * Writes tensors atomically, as the format's own writer orders them: the widest types first, so that all data is aligned, then by name.
     * Equal content gives equal bytes, whatever the order of the maps.
     *
     * @throws IllegalArgumentException if a tensor has the name {@code __metadata__}, or the header would exceed {@link #MAX_HEADER}
     * @throws IOException if the file cannot be written; an older file is then unchanged
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        AtomicFiles.write(file, content(tensors, metadata));
    }

    /**
     * What {@link #write} writes.
     *
     * @throws IllegalArgumentException as {@link #write}
     */
    public static AtomicFiles.Writer content(Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        requireLittleEndian();
        List<Map.Entry<String, Tensor>> ordered = tensors.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, Tensor> e) -> -e.getValue().dtype().bytes())
                        .thenComparing(e -> e.getValue().dtype()).thenComparing(Map.Entry::getKey))
                .toList();
        byte[] header = header(ordered, metadata);
        return out -> {
            out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
            out.write(header);
            for (Map.Entry<String, Tensor> entry : ordered) {
                copy(entry.getValue().contiguous().memory(), out);
            }
        };
    }

    /** The JSON text, padded with spaces so that the data begins at a multiple of 8. */
    private static byte[] header(List<Map.Entry<String, Tensor>> tensors, Map<String, String> metadata) throws IOException {
        ObjectNode header = JSON.createObjectNode();
        if (!metadata.isEmpty()) {
            ObjectNode pairs = header.putObject(SafetensorsHeader.METADATA);
            new TreeMap<>(metadata).forEach(pairs::put);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors) {
            if (entry.getKey().equals(SafetensorsHeader.METADATA)) {
                throw new IllegalArgumentException("safetensors: a tensor cannot be named " + SafetensorsHeader.METADATA + ".");
            }
            Tensor tensor = entry.getValue();
            ObjectNode node = header.putObject(entry.getKey());
            node.put("dtype", SafetensorsHeader.code(tensor.dtype()));
            ArrayNode shape = node.putArray("shape");
            for (long dim : tensor.shape().toArray()) {
                shape.add(dim);
            }
            node.putArray("data_offsets").add(offset).add(offset + tensor.byteSize());
            offset += tensor.byteSize();
        }
        byte[] json = JSON.writeValueAsBytes(header);
        byte[] padded = Arrays.copyOf(json, Math.ceilDiv(json.length, 8) * 8);
        if (padded.length > MAX_HEADER) {
            throw new IllegalArgumentException("safetensors: header has " + padded.length + " bytes, the format allows " + MAX_HEADER
                    + ". Write several files.");
        }
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void copy(MemorySegment memory, OutputStream out) throws IOException {
        byte[] chunk = new byte[(int) Math.min(1 << 16, memory.byteSize())];
        for (long at = 0; at < memory.byteSize(); at += chunk.length) {
            int n = (int) Math.min(chunk.length, memory.byteSize() - at);
            MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
            out.write(chunk, 0, n);
        }
    }

    /**
     * Opens a file and checks its header against its size. Files of other writers may hold types that Lamina has not; they are refused.
     *
     * @throws CorruptFileException if the file breaks the format
     * @throws IOException if it cannot be read
     */
    public static SafetensorsFile read(Path file) throws IOException {
        requireLittleEndian();
        Arena arena = Arena.ofShared();
        boolean open = false;
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            if (size < Long.BYTES) {
                throw new CorruptFileException(file, "has " + size + " bytes, a safetensors file has at least 8. The file is truncated; "
                        + "copy it again.");
            }
            MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
            long length = headerLength(file, bytes);
            SafetensorsHeader header = SafetensorsHeader.parse(file, bytes.asSlice(Long.BYTES, length).toArray(ValueLayout.JAVA_BYTE),
                    size - Long.BYTES - length);
            SafetensorsFile result = new SafetensorsFile(arena, bytes.asSlice(Long.BYTES + length), header);
            open = true;
            return result;
        } finally {
            if (!open) {
                arena.close();
            }
        }
    }

    private static long headerLength(Path file, MemorySegment bytes) throws CorruptFileException {
        long length = bytes.get(LENGTH, 0);
        long available = bytes.byteSize() - Long.BYTES;
        if (length < 0 || length > available) {
            throw new CorruptFileException(file, "header claims " + Long.toUnsignedString(length) + " bytes, " + available
                    + " follow its length. The file is truncated or no safetensors file.");
        }
        if (length > MAX_HEADER) {
            throw new CorruptFileException(file, "header has " + length + " bytes, the format allows " + MAX_HEADER + ".");
        }
        return length;
    }

    private static void requireLittleEndian() {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("safetensors: this processor is big endian, the format little endian; not supported.");
        }
    }
}
