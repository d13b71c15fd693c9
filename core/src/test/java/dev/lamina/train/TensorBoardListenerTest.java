package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.*;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardListenerTest {
    @TempDir
    Path folder;

    /** One event as an independent reader sees it. */
    private record Event(double wallTime, long step, String version, Long sessionStatus, Map<String, Float> scalars) { }

    @Test
    void anIndependentReaderFindsEveryScalar() throws IOException {
        TensorBoardListener listener = new TensorBoardListener(folder, 2);
        listener.onStart(start(0));
        listener.onStep(new Listener.Step(1, 0, 1, 8, 2.5, 0.1, 2.5, 0.25));
        listener.onStep(new Listener.Step(1, 1, 2, 16, 1.5, 0.05, 2.0, 0.5));
        listener.onStep(new Listener.Step(1, 3, 4, 32, 1.25, 0.05, 2.0, 0.5, 0.75, 1));
        listener.onEpoch(new Listener.Epoch(metrics(300), List.of(metrics(300))));
        listener.close();

        Path file = onlyFile();
        assertTrue(file.getFileName().toString().matches("events\\.out\\.tfevents\\.\\d{10}\\.[A-Za-z0-9._-]+"), file.toString());
        List<Event> events = read(file);
        assertEquals(4, events.size());
        assertEquals("brain.Event:2", events.get(0).version);
        assertTrue(Math.abs(events.get(0).wallTime - System.currentTimeMillis() / 1000.0) < 60);
        assertEquals(2, events.get(1).step);
        assertEquals(Map.of("step/loss", 1.5f, "step/learning_rate", 0.05f), events.get(1).scalars);
        assertEquals(Map.of("step/loss", 1.25f, "step/learning_rate", 0.05f, "step/gradient_norm", 0.75f), events.get(2).scalars);
        assertEquals(300, events.get(3).step);
        assertEquals(Map.of("train/loss", 0.5f, "train/accuracy", 0.75f, "test/loss", 0.25f, "test/accuracy", 0.875f, "test/top5", 1f,
                "samples_per_second", 1000f), events.get(3).scalars);
    }

    @Test
    void aResumedRunStartsANewFileAndReplacesLaterSteps() throws IOException {
        for (long step : new long[] {0, 41}) {
            TensorBoardListener listener = new TensorBoardListener(folder);
            listener.onStart(start(step));
            listener.close();
        }
        List<Event> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                all.addAll(read(file));
            }
        }
        assertEquals(2, all.stream().filter(e -> "brain.Event:2".equals(e.version)).count());
        List<Event> starts = all.stream().filter(e -> e.sessionStatus != null).toList();
        assertEquals(1, starts.size());
        assertEquals(42, starts.getFirst().step);
        assertEquals(1L, starts.getFirst().sessionStatus);
    }

    @Test
    void theChecksumOfTheReaderIsThePublishedOne() {
        assertEquals(0xe3069283, crc32c("123456789".getBytes(StandardCharsets.US_ASCII), 0, 9));
    }

    @Test
    void refusesAnIntervalOfZero() {
        assertEquals("tensorBoard: every = 0, needs >= 1.",
                assertThrows(IllegalArgumentException.class, () -> new TensorBoardListener(folder, 0)).getMessage());
    }

    static Listener.Start start(long step) {
        return new Listener.Start(TrainConfig.builder("m", "d").epochs(3).build(), "reference", "a device", 100, 50, 10, step, List.of());
    }

    static EpochMetrics metrics(long step) {
        return new EpochMetrics(1, step, 0.5, 0.75, 0.25, 0.875, 1, 0.1, 2, 1000);
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size());
            return all.getFirst();
        }
    }

    // --- a reader of its own ------------------------------------------------------------------------------------------------------------

    private static List<Event> read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<Event> events = new ArrayList<>();
        while (in.hasRemaining()) {
            int at = in.position();
            int length = Math.toIntExact(in.getLong());
            assertEquals(masked(bytes, at, 8), in.getInt(), "checksum of the length");
            assertEquals(masked(bytes, at + 12, length), in.getInt(at + 12 + length), "checksum of the data");
            events.add(event(ByteBuffer.wrap(bytes, at + 12, length).slice().order(ByteOrder.LITTLE_ENDIAN)));
            in.position(at + 16 + length);
        }
        return events;
    }

    private static int masked(byte[] bytes, int from, int length) {
        int crc = crc32c(bytes, from, length);
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    /** CRC-32C bit by bit, reflected polynomial 0x82f63b78. */
    private static int crc32c(byte[] bytes, int from, int length) {
        int crc = -1;
        for (int i = from; i < from + length; i++) {
            crc ^= bytes[i] & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
            }
        }
        return ~crc;
    }

    private static Event event(ByteBuffer in) {
        double wallTime = 0;
        long step = 0;
        String version = null;
        Long status = null;
        Map<String, Float> scalars = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            switch (tag) {
                case 1 << 3 | 1 -> wallTime = in.getDouble();
                case 2 << 3 -> step = varint(in);
                case 3 << 3 | 2 -> version = StandardCharsets.UTF_8.decode(part(in)).toString();
                case 5 << 3 | 2 -> {
                    ByteBuffer summary = part(in);
                    while (summary.hasRemaining()) {
                        assertEquals(1 << 3 | 2, varint(summary));
                        value(part(summary), scalars);
                    }
                }
                case 7 << 3 | 2 -> {
                    ByteBuffer log = part(in);
                    assertEquals(1 << 3, varint(log));
                    status = varint(log);
                }
                default -> fail("tag " + tag);
            }
        }
        return new Event(wallTime, step, version, status, scalars);
    }

    private static void value(ByteBuffer in, Map<String, Float> scalars) {
        assertEquals(1 << 3 | 2, varint(in));
        String name = StandardCharsets.UTF_8.decode(part(in)).toString();
        assertEquals(2 << 3 | 5, varint(in));
        scalars.put(name, in.getFloat());
        assertFalse(in.hasRemaining());
    }

    private static ByteBuffer part(ByteBuffer in) {
        int length = (int) varint(in);
        ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return part;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0;; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
