package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.tensor.Philox;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Images in native memory between two guards; starts as NaN, padding of channels included. Lives until the test that made it ends. */
final class SpatialMemory {
    private static final long GUARD = 256;
    private static final byte PATTERN = 0x5a;
    private static Arena arena = Arena.ofShared();

    final Images images;
    private final MemorySegment all;
    private final MemorySegment inside;

    SpatialMemory(Images images) {
        this.images = images;
        all = arena.allocate(images.bytes() + 2 * GUARD, 64);
        all.fill(PATTERN);
        inside = all.asSlice(GUARD, images.bytes());
        inside.fill((byte) -1);
    }

    /** Images with the elements {@code [N, C, H, W]}, zero in the padding. */
    SpatialMemory(Images images, double[] plain) {
        this(images);
        set(plain);
    }

    /** Numbers {@code [C]}, or anything else without channels. */
    static SpatialMemory numbers(double... values) {
        return new SpatialMemory(new Images(1, values.length, 1, 1, Images.Order.CHANNELS_LAST), values);
    }

    static SpatialMemory numbers(long count) {
        return new SpatialMemory(new Images(1, count, 1, 1, Images.Order.CHANNELS_LAST));
    }

    /** Frees all memory; after each test. */
    static void free() {
        arena.close();
        arena = Arena.ofShared();
    }

    void set(double[] plain) {
        inside.fill((byte) 0);
        int i = 0;
        for (long n = 0; n < images.n(); n++) {
            for (long c = 0; c < images.c(); c++) {
                for (long h = 0; h < images.h(); h++) {
                    for (long w = 0; w < images.w(); w++) {
                        inside.setAtIndex(ValueLayout.JAVA_FLOAT, images.at(n, c, h, w), (float) plain[i++]);
                    }
                }
            }
        }
    }

    Pointer pointer() {
        return new Pointer(inside.address());
    }

    MemorySegment bits() {
        return inside;
    }

    /** The elements {@code [N, C, H, W]}; the padding must be zero and the guards untouched. */
    double[] plain() {
        return read(false);
    }

    /** The elements as int32; the padding may be anything. */
    double[] plainInts() {
        return read(true);
    }

    private double[] read(boolean ints) {
        double[] plain = new double[Math.toIntExact(images.n() * images.c() * images.h() * images.w())];
        boolean[] seen = new boolean[Math.toIntExact(images.elements())];
        int i = 0;
        for (long n = 0; n < images.n(); n++) {
            for (long c = 0; c < images.c(); c++) {
                for (long h = 0; h < images.h(); h++) {
                    for (long w = 0; w < images.w(); w++) {
                        long at = images.at(n, c, h, w);
                        seen[(int) at] = true;
                        plain[i++] = ints ? inside.getAtIndex(ValueLayout.JAVA_INT, at) : inside.getAtIndex(ValueLayout.JAVA_FLOAT, at);
                    }
                }
            }
        }
        for (int at = 0; at < seen.length && !ints; at++) {
            if (!seen[at]) {
                assertEquals(0, inside.getAtIndex(ValueLayout.JAVA_FLOAT, at), "padding at " + at + " of " + images);
            }
        }
        checkGuards();
        return plain;
    }

    private void checkGuards() {
        for (long i = 0; i < GUARD; i++) {
            assertEquals(PATTERN, all.get(ValueLayout.JAVA_BYTE, i), "guard before " + images);
            assertEquals(PATTERN, all.get(ValueLayout.JAVA_BYTE, GUARD + images.bytes() + i), "guard after " + images);
        }
    }

    /** Numbers in (-1, 1) without pattern, different for each salt, as float32 has them. */
    static double[] noise(long count, int salt) {
        Philox.Stream random = new Philox.Stream(47, 0, salt);
        double[] noise = new double[Math.toIntExact(count)];
        Arrays.setAll(noise, _ -> (float) (2 * random.nextUniform() - 1));
        return noise;
    }

    static double[] noise(Images images, int salt) {
        return noise(images.n() * images.c() * images.h() * images.w(), salt);
    }
}
