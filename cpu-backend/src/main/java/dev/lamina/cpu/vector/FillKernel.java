package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/** Writes one value many times: a pattern of 8 bytes, then the rest byte by byte. */
final class FillKernel implements Kernel, Team.Task {
    private static final long ALONE_BYTES = 64 << 10;
    private static final long PART = 4096;
    private final Team team;
    private final long bytes;
    private final long pattern;
    private final Pointer to;

    FillKernel(Team team, DType dtype, double value, long n, Pointer to) {
        this.team = team;
        this.bytes = n * dtype.bytes();
        this.to = to;
        Tensor repeated = Tensor.full(dtype, Shape.of(Long.BYTES / dtype.bytes()), value);
        pattern = repeated.memory().get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    @Override
    public void run() {
        if (bytes < ALONE_BYTES) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int threads) {
        long parts = Math.ceilDiv(bytes, PART);
        long first = Team.start(parts, thread, threads) * PART;
        long last = Math.min(bytes, Team.start(parts, thread + 1, threads) * PART);
        fill(to.address() + first, last - first);
    }

    private void fill(long at, long n) {
        long whole = n / Long.BYTES;
        for (long i = 0; i < whole; i++) {
            ALL.set(Rows.LONG, at + i * Long.BYTES, pattern);
        }
        if (whole * Long.BYTES < n) {
            rest(at + whole * Long.BYTES, (int) (n - whole * Long.BYTES));
        }
    }

    /** The pattern's first bytes in memory order. */
    private void rest(long at, int n) {
        for (int i = 0; i < n; i++) {
            int shift = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN ? 8 * i : 56 - 8 * i;
            ALL.set(Rows.BYTE, at + i, (byte) (pattern >>> shift));
        }
    }
}
