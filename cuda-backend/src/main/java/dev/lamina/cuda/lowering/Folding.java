package dev.lamina.cuda.lowering;

import dev.lamina.graph.Reduction.Fold;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Folds some axes of what lies in memory with strides, by {@code reduce.cu}; results may lie with strides too. Immutable.
 *
 * @param axes what is walked over; kept and folded ones
 * @param element type of what is read
 * @param result type of what is written: the same, or float32 for bfloat16
 */
record Folding(List<Axis> axes, DType element, DType result) {
    /** Kept and folded axes that a kernel takes. */
    private static final int MOST_AXES = 3;
    private static final int WARP = 32;
    private static final int BLOCK = 256;
    private static final int COLUMN_ROWS = 8;
    /** Below this, a warp for a result would be half idle. */
    private static final long SHORT = 16;
    /** Neighbouring results that are worth to be taken by neighbouring threads. */
    private static final long NEIGHBOURS = 8;
    private static final long WARP_ROW = 1024;
    /** Elements that a piece of a block has at least, and the blocks that keep a large device busy. */
    private static final long LEAST_PIECE = 4096;
    private static final long ENOUGH_BLOCKS = 512;
    private static final long MOST_SPLITS = 256;
    private static final long MOST_BLOCKS = 65_535;

    /**
     * One axis.
     *
     * @param extent elements
     * @param read distance of neighbours where they are read
     * @param written distance of neighbours where results are written; 0 for a folded axis
     */
    record Axis(long extent, long read, long written, boolean folded) {
    }

    /** A fold of a whole value: the axes named are folded, {@code written} are the distances of results along the others. */
    static Folding of(Layout x, Set<Integer> folded, DType result, long[] written) {
        long[] read = x.strides();
        List<Axis> axes = new ArrayList<>();
        for (int axis = 0; axis < read.length; axis++) {
            boolean fold = folded.contains(axis);
            axes.add(new Axis(x.type().shape().dim(axis), read[axis], fold ? 0 : written[axis], fold));
        }
        return new Folding(axes, x.element(), result).merged();
    }

    /** Distances of row-major results along the axes that are not folded. */
    static long[] rowMajor(long[] extents, Set<Integer> folded) {
        long[] written = new long[extents.length];
        long distance = 1;
        for (int axis = extents.length - 1; axis >= 0; axis--) {
            if (!folded.contains(axis)) {
                written[axis] = distance;
                distance *= extents[axis];
            }
        }
        return written;
    }

    /** The same with the outermost axis in memory first, and axes joined that are walked like one. */
    private Folding merged() {
        List<Axis> joined = new ArrayList<>();
        axes.stream().filter(axis -> axis.extent != 1).sorted(Comparator.comparingLong(Axis::read).reversed()).forEach(axis -> {
            Axis outer = joined.isEmpty() ? null : joined.getLast();
            if (outer != null && outer.folded == axis.folded && outer.read == axis.extent * axis.read
                    && outer.written == axis.extent * axis.written) {
                joined.set(joined.size() - 1, new Axis(outer.extent * axis.extent, axis.read, axis.written, axis.folded));
            } else {
                joined.add(axis);
            }
        });
        return new Folding(joined, element, result);
    }

    private List<Axis> axes(boolean folded) {
        return axes.stream().filter(axis -> axis.folded == folded).toList();
    }

    private long count(boolean folded) {
        return axes(folded).stream().mapToLong(Axis::extent).reduce(1, Math::multiplyExact);
    }

    /** True if one kernel takes all axes. */
    boolean fits() {
        return axes(true).size() <= MOST_AXES && axes(false).size() <= MOST_AXES;
    }

    /**
     * Adds the steps, none for no results.
     *
     * @param divisor what results are divided by; negative for nothing
     */
    void add(Assembly assembly, List<String> nodes, Fold fold, Buffer x, Buffer y, double divisor) {
        if (count(false) == 0) {
            return;
        }
        if (fits()) {
            launch(assembly, nodes, fold, x, y, divisor);
        } else {
            stages(assembly, nodes, fold, x, y, divisor);
        }
    }

    /** Folds the innermost folded axis into scratch memory, then the rest: so many axes that alternate are rare. */
    private void stages(Assembly assembly, List<String> nodes, Fold fold, Buffer x, Buffer y, double divisor) {
        int inner = axes.lastIndexOf(axes(true).getLast());
        List<Axis> now = new ArrayList<>();
        List<Axis> later = new ArrayList<>();
        long distance = 1;
        for (int i = axes.size() - 1; i >= 0; i--) {
            Axis axis = axes.get(i);
            now.addFirst(new Axis(axis.extent, axis.read, i == inner ? 0 : distance, i == inner));
            if (i != inner) {
                later.addFirst(new Axis(axis.extent, distance, axis.written, axis.folded));
                distance *= axis.extent;
            }
        }
        Buffer scratch = assembly.buffer(nodes.getFirst() + " folded in part", distance * result.bytes());
        new Folding(now, element, result).merged().add(assembly, nodes, fold, x, scratch, -1);
        new Folding(later, result, result).merged().add(assembly, nodes, fold, scratch, y, divisor);
    }

    /** How threads share the work. */
    private record Plan(String kernel, int x, int y, long perBlock, long piece) {
    }

    private Plan plan() {
        List<Axis> kept = axes(false);
        long count = count(true);
        boolean along = axes.isEmpty() || axes.getLast().folded || kept.isEmpty()
                || kept.getLast().extent < NEIGHBOURS && count >= BLOCK;
        if (along && count >= SHORT) {
            return count <= WARP_ROW ? new Plan("reduce_rows_", WARP, BLOCK / WARP, BLOCK / WARP, Long.MAX_VALUE)
                    : new Plan("reduce_rows_", BLOCK, 1, 1, LEAST_PIECE);
        }
        return along || count < COLUMN_ROWS * COLUMN_ROWS ? new Plan("reduce_columns_", BLOCK, 1, BLOCK, Long.MAX_VALUE)
                : new Plan("reduce_columns_", WARP, COLUMN_ROWS, WARP, LEAST_PIECE / COLUMN_ROWS);
    }

    private void launch(Assembly assembly, List<String> nodes, Fold fold, Buffer x, Buffer y, double divisor) {
        Plan plan = plan();
        long results = count(false);
        long count = count(true);
        long blocks = Math.ceilDiv(results, plan.perBlock);
        long splits = Math.clamp(Math.min(count / plan.piece, ENOUGH_BLOCKS / blocks), 1, MOST_SPLITS);
        Buffer partial = splits == 1 ? y : assembly.buffer(nodes.getFirst() + " folded in pieces", results * splits * numberBytes());
        KernelCall call = kernel(assembly, nodes, plan.kernel + suffix(fold)).block(plan.x, plan.y, 1)
                .grid(Math.min(blocks, MOST_BLOCKS), splits, 1)
                .pointer(x).pointer(y).pointer(partial).int64s(results, count).int32(splits).float64(divisor);
        pass(call, axes(false), Axis::read);
        pass(call, axes(false), Axis::written);
        pass(call, axes(true), Axis::read);
        call.add();
        if (splits > 1) {
            KernelCall last = kernel(assembly, nodes, "reduce_partials_" + suffix(fold)).block(WARP, BLOCK / WARP, 1)
                    .grid(Math.clamp(Math.ceilDiv(results, BLOCK / WARP), 1, MOST_BLOCKS), 1, 1)
                    .pointer(partial).pointer(y).int64(results).int32(splits).float64(divisor);
            pass(last, axes(false), Axis::written);
            last.add();
        }
    }

    /** Adds the steps that find the largest element along the one folded axis; results are int64. */
    void addArgMax(Assembly assembly, List<String> nodes, Buffer x, Buffer y) {
        long results = count(false);
        if (results == 0) {
            return;
        }
        boolean along = !axes.isEmpty() && axes.getLast().folded && count(true) >= SHORT;
        KernelCall call = kernel(assembly, nodes, along ? "arg_max_rows" : "arg_max_columns");
        if (along) {
            call.block(WARP, BLOCK / WARP, 1).grid(Math.clamp(Math.ceilDiv(results, BLOCK / WARP), 1, MOST_BLOCKS), 1, 1);
        } else {
            call.over(results);
        }
        call.pointer(x).pointer(y).int64s(results, count(true));
        pass(call, axes(false), Axis::read);
        pass(call, axes(false), Axis::written);
        pass(call, axes(true), Axis::read);
        call.add();
    }

    private int numberBytes() {
        return element.isFloating() && element != DType.FLOAT64 ? Float.BYTES : Long.BYTES;
    }

    private static String suffix(Fold fold) {
        return switch (fold) {
            case SUM, MEAN -> "sum";
            case MAX -> "max";
            case MIN -> "min";
        };
    }

    private KernelCall kernel(Assembly assembly, List<String> nodes, String name) {
        List<String> defines = new ArrayList<>(ElementDefine.of(element));
        if (element == DType.BFLOAT16 && result == DType.FLOAT32) {
            defines.add("RESULT_FLOAT=1");
        }
        return assembly.kernel(nodes, "kernel " + name, assembly.kernels().resource("reduce", defines, name));
    }

    /** Passes up to three axes: extents of the inner two, distances of all. Without axes 1 and 2, axis 0 has the position itself. */
    private static void pass(KernelCall call, List<Axis> axes, java.util.function.ToLongFunction<Axis> distance) {
        long[] extents = {1, 1, 1};
        long[] distances = new long[MOST_AXES];
        for (int i = 0; i < axes.size(); i++) {
            int to = axes.size() == 1 ? 0 : MOST_AXES - axes.size() + i;
            extents[to] = axes.get(i).extent;
            distances[to] = distance.applyAsLong(axes.get(i));
        }
        call.int64s(Arrays.copyOfRange(extents, 1, MOST_AXES)).int64s(distances);
    }
}
