package dev.lamina.graph;

import dev.lamina.graph.Summary.Field;
import dev.lamina.tensor.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Receptive fields along the height or the width, node by node in order. */
final class SummaryFields {
    /** Axis of the height in {@code [N, C, H, W]}. */
    static final int HEIGHT = 2;
    /** Axis of the width. */
    static final int WIDTH = 3;

    private final Map<Value, Field> fields = new HashMap<>();
    private final int axis;

    SummaryFields(int axis) {
        this.axis = axis;
    }

    Map<Value, Field> all() {
        return Map.copyOf(fields);
    }

    Optional<Field> of(Value value) {
        return Optional.ofNullable(fields.get(value));
    }

    void add(Node node) {
        Field field = field(node);
        if (field != null) {
            node.outputs().forEach(v -> fields.put(v, field));
        }
    }

    /** The window of a convolution or pooling. */
    static Optional<Window> window(Op op) {
        return switch (op) {
            case Convolution.Conv2d(Window window, long _) -> Optional.of(window);
            case Pooling.MaxPool(Window window) -> Optional.of(window);
            case Pooling.AvgPool(Window window, boolean _) -> Optional.of(window);
            default -> Optional.empty();
        };
    }

    private Field field(Node node) {
        if (node.op() instanceof Source.Input) {
            return node.output(0).shape().rank() == 4 ? Field.PIXEL : null;
        }
        List<Field> operands = node.inputs().stream().map(fields::get).filter(Objects::nonNull).toList();
        if (operands.isEmpty()) {
            return null;
        }
        Field before = operands.stream().reduce(SummaryFields::union).orElseThrow();
        return before.all() ? before : after(node, before);
    }

    private Field after(Node node, Field before) {
        Shape output = node.output(0).shape();
        Optional<Window> window = window(node.op());
        if (window.isPresent()) {
            return slide(before, axis == HEIGHT ? window.get().h() : window.get().w());
        }
        return switch (node.op()) {
            case Pointwise _, Normalization _, Softmax _, Random _, Shaping.StopGradient _ -> before;
            case Shaping.Concat _ -> before;
            case Shaping.Reshape _ -> keepsHeight(node.input(0).shape(), output) ? before : Field.ALL;
            case Shaping.Slice(List<Long> starts, List<Long> _, List<Long> steps) -> output.rank() == 4 && steps.get(axis) > 0
                    ? new Field(before.size(), Math.multiplyExact(before.jump(), steps.get(axis)), before.start()
                            + (double) starts.get(axis) * before.jump(), false)
                    : Field.ALL;
            case Shaping.Pad(List<Long> padBefore, List<Long> _, List<Long> interior, double _) ->
                output.rank() == 4 && interior.get(axis) == 0
                        ? new Field(before.size(), before.jump(), before.start() - (double) padBefore.get(axis) * before.jump(), false)
                        : Field.ALL;
            default -> Field.ALL;
        };
    }

    private static boolean keepsHeight(Shape from, Shape to) {
        return from.rank() == 4 && to.rank() == 4 && from.dim(2) == to.dim(2) && from.dim(3) == to.dim(3);
    }

    /** {@code r + (K - 1) j}, {@code j S}, {@code s + ((K - 1) / 2 - P) j} with the dilated kernel. */
    private static Field slide(Field before, Window.Axis axis) {
        long reach = axis.span() - 1;
        long size = Math.addExact(before.size(), Math.multiplyExact(reach, before.jump()));
        double start = before.start() + (reach / 2.0 - axis.padBegin()) * before.jump();
        return new Field(size, Math.multiplyExact(before.jump(), axis.stride()), start, false);
    }

    /** What either sees. Branches that meet have equal jumps unless one is stretched; then the whole input is named. */
    private static Field union(Field a, Field b) {
        if (a.all() || b.all() || a.jump() != b.jump()) {
            return Field.ALL;
        }
        double first = Math.min(a.first(0), b.first(0));
        double end = Math.max(a.end(0), b.end(0));
        return new Field((long) Math.ceil(end - first), a.jump(), (first + end) / 2, false);
    }
}
