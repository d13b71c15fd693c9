package dev.lamina.cuda.lowering;

import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;

/**
 * A copy of elements between two places that have a stride for every axis, by {@code move.cu}. Elements are moved by size, or converted
 * between float32 and bfloat16. Immutable.
 *
 * @param axes what is walked over
 * @param from where to read
 * @param to where to write
 */
record Move(List<Axis> axes, End from, End to) {
    /** Axes that a kernel takes. */
    static final int MOST_AXES = 6;
    /** Shorter axes leave most of a tile empty. */
    private static final long TILED = 8;
    private static final int TILE = 32;
    private static final int TILE_ROWS = 8;
    private static final long MOST_BLOCKS = 65_535;
    private static final int WIDEST = 8;

    /**
     * One axis.
     *
     * @param extent elements
     * @param read distance of neighbours where they are read, of any sign; 0 repeats the element
     * @param written distance of neighbours where they are written, positive
     */
    record Axis(long extent, long read, long written) {
    }

    /**
     * One side of the copy.
     *
     * @param buffer the memory
     * @param start position of the first element
     * @param element type of the elements
     */
    record End(Buffer buffer, long start, DType element) {
        static End of(Place place, long start) {
            return new End(place.buffer(), start, place.layout().element());
        }
    }

    /** A copy over axes of these extents. */
    static Move of(long[] extents, End from, long[] read, End to, long[] written) {
        List<Axis> axes = new ArrayList<>();
        for (int i = 0; i < extents.length; i++) {
            axes.add(new Axis(extents[i], read[i], written[i]));
        }
        return new Move(axes, from, to);
    }

    /** A copy of a whole value into another layout of the same value. */
    static Move of(Place from, Place to) {
        return of(from.layout().type().shape().toArray(), End.of(from, 0), from.layout().strides(), End.of(to, 0), to.layout().strides());
    }

    /** Adds the steps, none for no elements. */
    void add(Assembly assembly, List<String> nodes) {
        if (axes.stream().anyMatch(axis -> axis.extent == 0)) {
            return;
        }
        merged().widened().addSteps(assembly, nodes);
    }

    /** The same with the outermost written axis first, and axes joined that are walked like one. */
    private Move merged() {
        List<Axis> ordered = axes.stream().filter(axis -> axis.extent > 1).sorted(Comparator.comparingLong(Axis::written).reversed())
                .toList();
        List<Axis> joined = new ArrayList<>();
        for (Axis axis : ordered) {
            Axis outer = joined.isEmpty() ? null : joined.getLast();
            if (outer != null && outer.read == axis.extent * axis.read && outer.written == axis.extent * axis.written) {
                joined.set(joined.size() - 1, new Axis(outer.extent * axis.extent, axis.read, axis.written));
            } else {
                joined.add(axis);
            }
        }
        return new Move(joined, from, to);
    }

    /** The same with pairs of neighbours taken for one element as long as all moves in pairs. */
    private Move widened() {
        int bytes = from.element.bytes();
        if (from.element != to.element || axes.isEmpty() || bytes >= WIDEST) {
            return this;
        }
        Axis inner = axes.getLast();
        List<Axis> outer = axes.subList(0, axes.size() - 1);
        boolean even = inner.read == 1 && inner.written == 1 && inner.extent % 2 == 0 && from.start % 2 == 0 && to.start % 2 == 0
                && outer.stream().allMatch(axis -> axis.read % 2 == 0 && axis.written % 2 == 0);
        if (!even) {
            return this;
        }
        List<Axis> halved = new ArrayList<>(outer.stream().map(axis -> new Axis(axis.extent, axis.read / 2, axis.written / 2)).toList());
        halved.add(new Axis(inner.extent / 2, 1, 1));
        DType pair = ofSize(2 * bytes);
        return new Move(halved, new End(from.buffer, from.start / 2, pair), new End(to.buffer, to.start / 2, pair)).merged().widened();
    }

    /** A type of this size, for moves that do not look at elements. */
    static DType ofSize(int bytes) {
        return switch (bytes) {
            case 1 -> DType.UINT8;
            case 2 -> DType.FLOAT16;
            case 4 -> DType.INT32;
            default -> DType.INT64;
        };
    }

    private void addSteps(Assembly assembly, List<String> nodes) {
        if (axes.size() > MOST_AXES) {
            pieces().forEach(piece -> piece.addSteps(assembly, nodes));
        } else if (from.element == to.element && isRun()) {
            addRun(assembly, nodes);
        } else {
            int contiguous = tiledAxis();
            if (contiguous >= 0) {
                addTiled(assembly, nodes, contiguous);
            } else {
                addStrided(assembly, nodes);
            }
        }
    }

    /** A copy for each position along the shortest axis: more axes than a kernel takes are rare. */
    private List<Move> pieces() {
        Axis shortest = axes.stream().min(Comparator.comparingLong(Axis::extent)).orElseThrow();
        List<Axis> others = new ArrayList<>(axes);
        others.remove(shortest);
        List<Move> pieces = new ArrayList<>();
        for (long i = 0; i < shortest.extent; i++) {
            pieces.add(new Move(others, new End(from.buffer, from.start + i * shortest.read, from.element),
                    new End(to.buffer, to.start + i * shortest.written, to.element)));
        }
        return pieces;
    }

    private long count() {
        return axes.stream().mapToLong(Axis::extent).reduce(1, Math::multiplyExact);
    }

    private boolean isRun() {
        return axes.isEmpty() || axes.size() == 1 && axes.getFirst().read == 1 && axes.getFirst().written == 1;
    }

    private void addRun(Assembly assembly, List<String> nodes) {
        long size = from.element.bytes();
        long bytes = count() * size;
        assembly.add(nodes, "copy", stream -> stream.copyOnDevice(to.buffer.address() + to.start * size,
                from.buffer.address() + from.start * size, bytes), List.of(from.buffer, to.buffer));
    }

    /** The axis along which reads are contiguous, if writes are so along another and both are long; else -1. */
    private int tiledAxis() {
        if (axes.isEmpty()) {
            return -1;
        }
        Axis inner = axes.getLast();
        if (inner.written != 1 || Math.abs(inner.read) <= 1 || inner.extent < TILED) {
            return -1;
        }
        for (int i = 0; i < axes.size() - 1; i++) {
            if (Math.abs(axes.get(i).read) == 1 && axes.get(i).extent >= TILED) {
                return i;
            }
        }
        return -1;
    }

    private void addTiled(Assembly assembly, List<String> nodes, int contiguous) {
        Axis a = axes.get(contiguous);
        Axis b = axes.getLast();
        List<Axis> others = new ArrayList<>(axes.subList(0, axes.size() - 1));
        others.remove(contiguous);
        long outer = count() / (a.extent * b.extent);
        long tiles = Math.ceilDiv(a.extent, TILE) * Math.ceilDiv(b.extent, TILE) * outer;
        KernelCall call = kernel(assembly, nodes, "move_tiled_").block(TILE, TILE_ROWS, 1).grid(Math.min(tiles, MOST_BLOCKS), 1, 1)
                .int64s(a.extent, b.extent, a.read, b.read, a.written, outer);
        // The kernel reads the first four of six axes.
        Axis none = new Axis(1, 0, 0);
        others.addAll(List.of(none, none));
        addAxes(call, others);
    }

    private void addStrided(Assembly assembly, List<String> nodes) {
        addAxes(kernel(assembly, nodes, "move_strided_").over(count()).int64(count()), axes);
    }

    private void addAxes(KernelCall call, List<Axis> walked) {
        List<Axis> all = new ArrayList<>(Collections.nCopies(MOST_AXES - walked.size(), new Axis(1, 0, 0)));
        all.addAll(walked);
        call.int64s(all.stream().mapToLong(Axis::extent).toArray()).int64s(all.stream().mapToLong(Axis::read).toArray())
                .int64s(all.stream().mapToLong(Axis::written).toArray()).add();
    }

    private KernelCall kernel(Assembly assembly, List<String> nodes, String family) {
        String name = family + (from.element == to.element ? String.valueOf(from.element.bytes())
                : to.element == DType.BFLOAT16 ? "narrow" : "wide");
        return assembly.kernel(nodes, "kernel " + name, assembly.kernels().resource("move", List.of(), name))
                .pointer(from.buffer).pointer(to.buffer).int64s(from.start, to.start);
    }
}
