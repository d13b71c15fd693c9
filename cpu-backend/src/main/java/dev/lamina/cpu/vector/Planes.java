package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies of planes of elements of 1, 2, 4 or 8 bytes. Strides are in bytes, any sign, 0 where the source repeats. */
final class Planes {
    /** Side of the squares in which a plane is crossed whose sides are contiguous along different dimensions. */
    static final int SQUARE = 16;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private Planes() { }

    /** Copies {@code rows} rows of n elements. */
    static void copy(int size, long from, long fromRow, long fromNext, long to, long toRow, long toNext, long rows, long n) {
        if (fromNext == size && toNext == size) {
            for (long r = 0; r < rows; r++) {
                row(from + r * fromRow, to + r * toRow, n * size);
            }
        } else if (Math.abs(fromNext) > Math.abs(fromRow) && fromRow != 0) {
            for (long r = 0; r < rows; r += SQUARE) {
                long rs = Math.min(SQUARE, rows - r);
                for (long c = 0; c < n; c += SQUARE) {
                    part(size, from + r * fromRow + c * fromNext, fromRow, fromNext, to + r * toRow + c * toNext, toRow, toNext, rs,
                            Math.min(SQUARE, n - c));
                }
            }
        } else {
            part(size, from, fromRow, fromNext, to, toRow, toNext, rows, n);
        }
    }

    private static void row(long from, long to, long bytes) {
        if (bytes % Float.BYTES == 0 && bytes <= 1024) {
            Rows.copy(from, to, (int) (bytes / Float.BYTES));
        } else {
            MemorySegment.copy(ALL, from, ALL, to, bytes);
        }
    }

    private static void part(int size, long from, long fromRow, long fromNext, long to, long toRow, long toNext, long rows, long n) {
        for (long r = 0; r < rows; r++) {
            long source = from + r * fromRow;
            long target = to + r * toRow;
            switch (size) {
                case 1 -> bytes(source, fromNext, target, toNext, n);
                case 2 -> shorts(source, fromNext, target, toNext, n);
                case 4 -> ints(source, fromNext, target, toNext, n);
                case 8 -> longs(source, fromNext, target, toNext, n);
                default -> throw new IllegalArgumentException("copy: elements of " + size + " bytes, need 1, 2, 4 or 8.");
            }
        }
    }

    private static void bytes(long from, long fromNext, long to, long toNext, long n) {
        for (long i = 0; i < n; i++) {
            ALL.set(Rows.BYTE, to + i * toNext, ALL.get(Rows.BYTE, from + i * fromNext));
        }
    }

    private static void shorts(long from, long fromNext, long to, long toNext, long n) {
        for (long i = 0; i < n; i++) {
            ALL.set(SHORT, to + i * toNext, ALL.get(SHORT, from + i * fromNext));
        }
    }

    private static void ints(long from, long fromNext, long to, long toNext, long n) {
        for (long i = 0; i < n; i++) {
            ALL.set(Rows.INT, to + i * toNext, ALL.get(Rows.INT, from + i * fromNext));
        }
    }

    private static void longs(long from, long fromNext, long to, long toNext, long n) {
        for (long i = 0; i < n; i++) {
            ALL.set(Rows.LONG, to + i * toNext, ALL.get(Rows.LONG, from + i * fromNext));
        }
    }
}
