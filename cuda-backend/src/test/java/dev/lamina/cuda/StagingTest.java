package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.CudaException;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.api.Stream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of every size through the two halves of the ring, with the source overwritten as soon as an upload returns. */
class StagingTest {
    /** Half of the ring. */
    private static final int HALF = 2 << 20;

    private Context context;
    private Stream stream;
    private Staging staging;
    private final Random random = new Random(7);

    @BeforeEach
    void open() {
        Emulator.control().reset();
        context = Context.open(0);
        stream = context.stream();
        staging = new Staging(context, stream);
    }

    @AfterEach
    void close() {
        if (context != null) {
            Emulator.control().reset();
            staging.close();
            staging.close();
            stream.close();
            assertEquals(List.of(), context.alive());
            context.close();
        }
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private void upload(byte[] bytes, long target) {
        byte[] given = bytes.clone();
        staging.upload(MemorySegment.ofArray(given), target);
        Arrays.fill(given, (byte) 0x55);
    }

    private byte[] download(long source, int count) {
        MemorySegment segment = MemorySegment.ofArray(new byte[count]);
        staging.download(source, segment);
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, HALF - 1, HALF, HALF + 1, 2 * HALF, 2 * HALF + 3, 5 * HALF + 77})
    void whatGoesUpComesDownAgain(int count) {
        byte[] bytes = bytes(count);
        try (DeviceMemory memory = context.allocate(Math.max(1, count), "a test")) {
            for (int i = 0; i < 3; i++) {
                upload(bytes, memory.address());
                assertArrayEquals(bytes, download(memory.address(), count));
            }
        }
    }

    /** Many uploads that nothing waits for: more than the ring holds, so that halves come round while copies are under way. */
    @Test
    void smallAndLargeCopiesBehindEachOtherKeepTheirBytes() {
        List<byte[]> all = new ArrayList<>();
        int total = 0;
        for (int i = 0; i < 60; i++) {
            int count = i % 7 == 3 ? HALF / 2 + 1000 * i : i % 11 == 5 ? HALF + 64 * i : 1 + random.nextInt(5000);
            all.add(bytes(count));
            total += Math.ceilDiv(count, 64) * 64;
        }
        try (DeviceMemory memory = context.allocate(total, "a test")) {
            long at = memory.address();
            for (byte[] bytes : all) {
                upload(bytes, at);
                at += Math.ceilDiv(bytes.length, 64) * 64;
            }
            at = memory.address();
            for (byte[] bytes : all) {
                assertArrayEquals(bytes, download(at, bytes.length));
                at += Math.ceilDiv(bytes.length, 64) * 64;
            }
        }
    }

    @Test
    void uploadsDoNotWaitUntilTheRingComesRound() {
        try (DeviceMemory memory = context.allocate(HALF, "a test")) {
            Emulator.control().reset();
            upload(bytes(HALF), memory.address());
            upload(bytes(HALF), memory.address());
            assertEquals(0, Emulator.control().count("syncs"));
            upload(bytes(1), memory.address());
            assertEquals(1, Emulator.control().count("syncs"));
        }
    }

    /** A wait that fails leaves the bytes alone that are still under way. */
    @Test
    void afterAFailedWaitNothingIsOverwritten() {
        byte[] first = bytes(100);
        byte[] second = bytes(HALF);
        try (DeviceMemory memory = context.allocate(3L * HALF, "a test")) {
            upload(bytes(HALF), memory.address());
            upload(second, memory.address() + HALF);
            Emulator.control().inject("cuEventSynchronize", 0, 999, 1);
            assertThrows(CudaException.class, () -> upload(first, memory.address()));
            upload(first, memory.address());
            upload(first, memory.address() + 2L * HALF);
            assertArrayEquals(second, download(memory.address() + HALF, HALF));
            assertArrayEquals(first, download(memory.address(), 100));
            assertArrayEquals(first, download(memory.address() + 2L * HALF, 100));
        }
    }

    @Test
    void whatFailsInOpeningIsGivenBack() {
        List<String> before = context.alive();
        for (int after = 0; after < 2; after++) {
            Emulator.control().inject("cuEventCreate", after, 999, 1);
            assertThrows(CudaException.class, () -> new Staging(context, stream));
            assertEquals(before, context.alive());
        }
    }
}
