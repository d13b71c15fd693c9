package dev.lamina.train;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A TensorBoard event file: TFRecords (length, masked CRC-32C of the length, bytes, masked CRC-32C of the bytes) that hold {@code Event}
 * messages of TensorFlow's {@code event.proto}, encoded by hand. One thread at a time.
 */
final class EventFile implements AutoCloseable {
    private static final int WALL_TIME = 1;
    private static final int STEP = 2;
    private static final int FILE_VERSION = 3;
    private static final int SUMMARY = 5;
    private static final int SESSION_LOG = 7;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int LOG_STATUS = 1;
    private static final int LOG_START = 1;
    private static final int WIRE_VARINT = 0;
    private static final int WIRE_64 = 1;
    private static final int WIRE_BYTES = 2;
    private static final int WIRE_32 = 5;

    private final Path path;
    private final OutputStream out;

    private EventFile(Path path, OutputStream out) {
        this.path = path;
        this.out = out;
    }

    /** Makes a new file {@code events.out.tfevents.<seconds>.<host>} in a folder; a number is appended if there is one. */
    static EventFile create(Path folder, String host) throws IOException {
        Files.createDirectories(folder);
        String name = "events.out.tfevents." + System.currentTimeMillis() / 1000 + "." + host;
        for (int k = 0;; k++) {
            Path path = folder.resolve(k == 0 ? name : name + "." + k);
            try {
                EventFile file = new EventFile(path, Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
                ByteArrayOutputStream event = file.event(0);
                bytes(event, FILE_VERSION, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
                file.record(event.toByteArray());
                return file;
            } catch (FileAlreadyExistsException e) {
                if (k == 10_000) {
                    throw e;
                }
            }
        }
    }

    Path path() {
        return path;
    }

    /** Says that a run goes on from a step: readers drop events of later steps from earlier files. */
    void start(long step) throws IOException {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        tag(log, LOG_STATUS, WIRE_VARINT);
        varint(log, LOG_START);
        ByteArrayOutputStream event = event(step);
        bytes(event, SESSION_LOG, log.toByteArray());
        record(event.toByteArray());
    }

    /** Writes scalars of a step. */
    void scalars(long step, Map<String, Double> values) throws IOException {
        ByteArrayOutputStream summary = new ByteArrayOutputStream();
        values.forEach((name, value) -> {
            ByteArrayOutputStream entry = new ByteArrayOutputStream();
            bytes(entry, VALUE_TAG, name.getBytes(StandardCharsets.UTF_8));
            tag(entry, VALUE_SIMPLE, WIRE_32);
            entry.writeBytes(little(4).putFloat(value.floatValue()).array());
            bytes(summary, SUMMARY_VALUE, entry.toByteArray());
        });
        ByteArrayOutputStream event = event(step);
        bytes(event, SUMMARY, summary.toByteArray());
        record(event.toByteArray());
    }

    private ByteArrayOutputStream event(long step) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        tag(event, WALL_TIME, WIRE_64);
        event.writeBytes(little(8).putDouble(System.currentTimeMillis() / 1000.0).array());
        tag(event, STEP, WIRE_VARINT);
        varint(event, step);
        return event;
    }

    private static void bytes(ByteArrayOutputStream message, int field, byte[] value) {
        tag(message, field, WIRE_BYTES);
        varint(message, value.length);
        message.writeBytes(value);
    }

    private static void tag(ByteArrayOutputStream message, int field, int wireType) {
        varint(message, (long) field << 3 | wireType);
    }

    private static void varint(ByteArrayOutputStream message, long value) {
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            message.write((int) (rest & 0x7f | 0x80));
        }
        message.write((int) rest);
    }

    /** One write a record, so that a killed process leaves at most its last record incomplete. */
    private void record(byte[] data) throws IOException {
        byte[] length = little(8).putLong(data.length).array();
        ByteBuffer record = little(16 + data.length);
        record.put(length).putInt(maskedCrc(length)).put(data).putInt(maskedCrc(data));
        out.write(record.array());
    }

    private static int maskedCrc(byte[] data) {
        CRC32C crc = new CRC32C();
        crc.update(data);
        int value = (int) crc.getValue();
        return Integer.rotateRight(value, 15) + 0xa282ead8;
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
