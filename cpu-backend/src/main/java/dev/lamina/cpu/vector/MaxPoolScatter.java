package dev.lamina.cpu.vector;

import static dev.lamina.cpu.vector.Raw.ALL;
import static dev.lamina.cpu.vector.Raw.FLOATS;
import static dev.lamina.cpu.vector.Raw.ORDER;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import dev.lamina.graph.GraphException;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Values to and from their winners' places when the window is not known; one element at a time, slower than {@link MaxPoolGradient}. */
public final class MaxPoolScatter implements Kernel {
    private static final long SMALL = 16 * 1024;

    private final Images in;
    private final Images out;
    private final Pointer values;
    private final Pointer winners;
    private final Pointer result;
    private final Pointer rectified;
    private final Way way;
    private final int inner;
    private final long mapPlaces;
    private final long pooledPlaces;
    private final Team team;
    private final Team.Task task = this::share;

    private enum Way { SUM, LAST, GATHER }

    private MaxPoolScatter(Team team, Images in, Images out, Pointer values, Pointer winners, Pointer result, Pointer rectified,
            Way way) {
        in.requirePooled(out);
        this.in = in;
        this.out = out;
        this.values = values;
        this.winners = winners;
        this.result = result;
        this.rectified = rectified;
        this.way = way;
        inner = (int) in.inner();
        mapPlaces = in.h() * in.w();
        pooledPlaces = out.h() * out.w();
        this.team = in.elements() + out.elements() < SMALL ? Team.single() : team;
    }

    /** A kernel of {@link dev.lamina.graph.Pooling.MaxPoolGradient}: values and winners of {@code out} to {@code in}. */
    public static Kernel sum(Team team, Images in, Images out, Pointer values, Pointer winners, Pointer result) {
        return new MaxPoolScatter(team, in, out, values, winners, result, null, Way.SUM);
    }

    /** Like {@link #sum}, but the result passes a rectifier with this output; null for none. */
    static Kernel sum(Team team, Images in, Images out, Pointer values, Pointer winners, Pointer result, Pointer rectified) {
        return new MaxPoolScatter(team, in, out, values, winners, result, rectified, Way.SUM);
    }

    /** A kernel of {@link dev.lamina.graph.Pooling.MaxUnpool}: values and winners of {@code out} to {@code in}. */
    public static Kernel last(Team team, Images in, Images out, Pointer values, Pointer winners, Pointer result) {
        return new MaxPoolScatter(team, in, out, values, winners, result, null, Way.LAST);
    }

    /** A kernel of {@link dev.lamina.graph.Pooling.PoolGather}: x of {@code in} at the winners of {@code out} to {@code out}. */
    public static Kernel gather(Team team, Images in, Images out, Pointer x, Pointer winners, Pointer result) {
        return new MaxPoolScatter(team, in, out, x, winners, result, null, Way.GATHER);
    }

    @Override
    public void run() {
        team.run(task);
    }

    private void share(int thread, int threads) {
        long units = in.n() * in.groups();
        long end = Team.start(units, thread + 1, threads);
        for (long unit = Team.start(units, thread, threads); unit < end; unit++) {
            int present = (int) Math.min(inner, in.c() - unit % in.groups() * inner);
            long maps = unit * mapPlaces * inner * Float.BYTES;
            long pooled = unit * pooledPlaces * inner * Float.BYTES;
            switch (way) {
                case SUM, LAST -> {
                    ALL.asSlice(result.address() + maps, mapPlaces * inner * Float.BYTES).fill((byte) 0);
                    scatter(maps, pooled, present);
                    if (rectified != null) {
                        rectify(result.address() + maps, rectified.address() + maps, mapPlaces * inner);
                    }
                }
                case GATHER -> gather(maps, pooled, present);
            }
        }
    }

    private void scatter(long maps, long pooled, int present) {
        for (long i = 0; i < pooledPlaces; i++) {
            for (int c = 0; c < present; c++) {
                long at = pooled + (i * inner + c) * Float.BYTES;
                int winner = winner(at);
                if (winner >= 0) {
                    long to = result.address() + maps + ((long) winner * inner + c) * Float.BYTES;
                    float before = way == Way.SUM ? ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, to) : 0;
                    float value = ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, values.address() + at);
                    ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, to, before + value);
                }
            }
        }
    }

    private static void rectify(long g, long y, long count) {
        FloatVector zero = FloatVector.zero(Raw.FLOATS);
        int vectors = (int) (count / Raw.LANES);
        for (int i = 0; i < vectors; i++) {
            long at = (long) i * ImagesSweep.BYTES;
            VectorMask<Float> passes = fromMemorySegment(FLOATS, ALL, y + at, ORDER).compare(VectorOperators.GT, zero);
            zero.blend(fromMemorySegment(FLOATS, ALL, g + at, ORDER), passes).intoMemorySegment(ALL, g + at, ORDER);
        }
        long at = (long) vectors * ImagesSweep.BYTES;
        VectorMask<Float> mask = FLOATS.indexInRange(0, (int) (count % Raw.LANES));
        VectorMask<Float> passes = fromMemorySegment(FLOATS, ALL, y + at, ORDER, mask).compare(VectorOperators.GT, zero);
        zero.blend(fromMemorySegment(FLOATS, ALL, g + at, ORDER, mask), passes).intoMemorySegment(ALL, g + at, ORDER, mask);
    }

    private void gather(long maps, long pooled, int present) {
        for (long i = 0; i < pooledPlaces; i++) {
            for (int c = 0; c < inner; c++) {
                long at = pooled + (i * inner + c) * Float.BYTES;
                int winner = c < present ? winner(at) : -1;
                float value = winner < 0 ? 0
                        : ALL.get(ValueLayout.JAVA_FLOAT_UNALIGNED, values.address() + maps + ((long) winner * inner + c) * Float.BYTES);
                ALL.set(ValueLayout.JAVA_FLOAT_UNALIGNED, result.address() + at, value);
            }
        }
    }

    private int winner(long at) {
        int winner = ALL.get(ValueLayout.JAVA_INT_UNALIGNED, winners.address() + at);
        if (winner >= mapPlaces || winner < -1) {
            throw new GraphException("pooling: winner %d is outside a map of %d x %d; winners of maps %s are 0 ... %d, or -1 for none."
                    .formatted(winner, in.h(), in.w(), out, mapPlaces - 1));
        }
        return winner;
    }
}
