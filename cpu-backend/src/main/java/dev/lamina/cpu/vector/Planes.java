package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Copies of planes of elements of 1, 2, 4 or 8 bytes. Strides are in bytes, any sign, 0 where the source repeats. */
final class Planes {
    /** Side of the squares in which a plane is crossed whose sides are contiguous along different dimensions. */
    static final int SQUARE = 16;
    private static final long LONGEST = 1 << 30;
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
                int height = (int) Math.min(SQUARE, rows - r);
                for (long c = 0; c < n; c += SQUARE) {
                    part(size, from + r * fromRow + c * fromNext, fromRow, fromNext, to + r * toRow + c * toNext, toRow, toNext, height,
                            (int) Math.min(SQUARE, n - c));
                }
            }
        } else {
            for (long c = 0; c < n; c += LONGEST) {
                part(size, from + c * fromNext, fromRow, fromNext, to + c * toNext, toRow, toNext, (int) rows,
                        (int) Math.min(LONGEST, n - c));
            }
        }
    }

    private static void row(long from, long to, long bytes) {
        if (bytes % Float.BYTES == 0 && bytes <= 1024) {
            Rows.copy(from, to, (int) (bytes / Float.BYTES));
        } else {
            MemorySegment.copy(ALL, from, ALL, to, bytes);
        }
    }

    private static void part(int size, long from, long fromRow, long fromNext, long to, long toRow, long toNext, int rows, int n) {
        switch (size) {
            case 1 -> bytes(from, fromRow, fromNext, to, toRow, toNext, rows, n);
            case 2 -> shorts(from, fromRow, fromNext, to, toRow, toNext, rows, n);
            case 4 -> ints(from, fromRow, fromNext, to, toRow, toNext, rows, n);
            case 8 -> longs(from, fromRow, fromNext, to, toRow, toNext, rows, n);
            default -> throw new IllegalArgumentException("copy: elements of " + size + " bytes, need 1, 2, 4 or 8.");
        }
    }

    private static void bytes(long from, long fromRow, long fromNext, long to, long toRow, long toNext, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            long source = from + r * fromRow;
            long target = to + r * toRow;
            for (int i = 0; i < n; i++) {
                ALL.set(Rows.BYTE, target, ALL.get(Rows.BYTE, source));
                source += fromNext;
                target += toNext;
            }
        }
    }

    private static void shorts(long from, long fromRow, long fromNext, long to, long toRow, long toNext, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            long source = from + r * fromRow;
            long target = to + r * toRow;
            for (int i = 0; i < n; i++) {
                ALL.set(SHORT, target, ALL.get(SHORT, source));
                source += fromNext;
                target += toNext;
            }
        }
    }

    private static void ints(long from, long fromRow, long fromNext, long to, long toRow, long toNext, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            long source = from + r * fromRow;
            long target = to + r * toRow;
            for (int i = 0; i < n; i++) {
                ALL.set(Rows.INT, target, ALL.get(Rows.INT, source));
                source += fromNext;
                target += toNext;
            }
        }
    }

    private static void longs(long from, long fromRow, long fromNext, long to, long toRow, long toNext, int rows, int n) {
        for (int r = 0; r < rows; r++) {
            long source = from + r * fromRow;
            long target = to + r * toRow;
            for (int i = 0; i < n; i++) {
                ALL.set(Rows.LONG, target, ALL.get(Rows.LONG, source));
                source += fromNext;
                target += toNext;
            }
        }
    }
}
