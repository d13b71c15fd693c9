package dev.lamina.io.onnx.ops;

import static dev.lamina.io.onnx.ops.Imports.float32;
import static dev.lamina.io.onnx.ops.Imports.int64;
import static dev.lamina.io.onnx.ops.Imports.scalar;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operators on known numbers, against results worked by hand. */
class KnownOperandsTest {
    private static final Tensor SQUARE = int64(1, 2, 3, 4, 5, 6, 7, 8, 9).reshape(3, 3);

    private static Imports of(Tensor x) {
        return Imports.version(18).known("x", x);
    }

    @Test
    void beforeVersion7OperandsStoodAtAnAxis() {
        Tensor a = int64(0, 0, 0, 0, 0, 0).reshape(2, 3);
        Imports rows = Imports.version(6).known("a", a).known("b", int64(1, 2)).node("y", "Add", "a b", "broadcast", 1, "axis", 0);
        assertEquals(List.of(1L, 1L, 1L, 2L, 2L, 2L), rows.longs("y"));
        Imports columns = Imports.version(6).known("a", a).known("b", int64(1, 2, 3)).node("y", "Sub", "a b", "broadcast", 1);
        assertEquals(List.of(-1L, -2L, -3L, -1L, -2L, -3L), columns.longs("y"));
    }

    @Test
    void negativeAxesCountFromTheEnd() {
        assertEquals(List.of(3L, 6L, 9L), of(SQUARE).known("i", scalar(-1)).node("y", "Gather", "x i", "axis", -1).longs("y"));
        assertEquals(Shape.of(3, 3, 1), of(SQUARE).known("i", int64(-1)).node("y", "Unsqueeze", "x i").tensor("y").shape());
        assertEquals(Shape.of(3, 6), of(SQUARE).node("y", "Concat", "x x", "axis", -1).tensor("y").shape());
        assertEquals(Shape.of(2), of(int64(1, 2).reshape(1, 2, 1)).node("y", "Squeeze", "x").tensor("y").shape());
    }

    @Test
    void slicesTakeTheLimitsOfInt64() {
        Imports slice = of(int64(1, 2, 3)).known("s", int64(-1)).known("e", int64(Long.MIN_VALUE)).known("a", int64(0))
                .known("b", int64(-1));
        assertEquals(List.of(3L, 2L, 1L), slice.node("y", "Slice", "x s e a b").longs("y"));
        assertEquals(List.of(2L, 3L), Imports.version(9).known("x", int64(1, 2, 3))
                .node("y", "Slice", "x", "starts", new long[] {1}, "ends", new long[] {Long.MAX_VALUE}).longs("y"));
    }

    @Test
    void borders() {
        Tensor x = int64(1, 2, 3);
        Tensor pads = int64(2, 3);
        assertEquals(List.of(0L, 0L, 1L, 2L, 3L, 0L, 0L, 0L), of(x).known("p", pads).node("y", "Pad", "x p").longs("y"));
        assertEquals(List.of(1L, 1L, 1L, 2L, 3L, 3L, 3L, 3L), of(x).known("p", pads).node("y", "Pad", "x p", "mode", "edge").longs("y"));
        assertEquals(List.of(3L, 2L, 1L, 2L, 3L, 2L, 1L, 2L),
                of(x).known("p", pads).node("y", "Pad", "x p", "mode", "reflect").longs("y"));
        assertEquals(List.of(2L, 3L, 1L, 2L, 3L, 1L, 2L, 3L), of(x).known("p", pads).node("y", "Pad", "x p", "mode", "wrap").longs("y"));
        assertEquals(List.of(2L, 3L, 9L), of(x).known("p", int64(-1, 1)).known("v", scalar(9)).node("y", "Pad", "x p v").longs("y"));
    }

    @Test
    void partsAndCopies() {
        assertEquals(List.of(5L), of(int64(1, 2, 3, 4, 5)).node("a b c", "Split", "x", "num_outputs", 3).longs("c"));
        assertEquals(List.of(1L, 2L, 1L, 2L), of(int64(1, 2)).known("r", int64(2)).node("y", "Tile", "x r").longs("y"));
        assertEquals(List.of(1L, 4L, 7L, 2L, 5L, 8L, 3L, 6L, 9L), of(SQUARE).node("y", "Transpose", "x").longs("y"));
        // Four channels of one pixel become one channel of four.
        Tensor channels = int64(1, 2, 3, 4).reshape(1, 4, 1, 1);
        assertEquals(Shape.of(1, 1, 2, 2), of(channels).node("y", "DepthToSpace", "x", "blocksize", 2).tensor("y").shape());
        assertEquals(List.of(1L, 2L, 3L, 4L), of(channels).node("z", "DepthToSpace", "x", "blocksize", 2)
                .node("y", "SpaceToDepth", "z", "blocksize", 2).longs("y"));
    }

    @Test
    void places() {
        assertEquals(List.of(1L, 5L, 6L, 9L), of(SQUARE).known("i", int64(0, 0, 1, 1, 1, -1, 2, 2).reshape(4, 2))
                .node("y", "GatherND", "x i").longs("y"));
        assertEquals(List.of(2L, 6L, 7L), of(SQUARE).known("i", int64(1, 2, 0).reshape(3, 1)).node("y", "GatherElements", "x i", "axis", 1)
                .longs("y"));
        assertEquals(List.of(1L, 12L, 3L), of(int64(1, 2, 3)).known("i", int64(1, -2).reshape(2, 1)).known("u", int64(4, 6))
                .node("y", "ScatterND", "x i u", "reduction", "add").longs("y"));
        assertEquals(List.of(7L, 2L, 8L), of(int64(1, 2, 3)).known("i", int64(0, 2)).known("u", int64(7, 8))
                .node("y", "ScatterElements", "x i u").longs("y"));
    }

    @Test
    void order() {
        assertEquals(List.of(1L, 3L, 6L, 10L), of(int64(1, 2, 3, 4)).known("a", scalar(0)).node("y", "CumSum", "x a").longs("y"));
        assertEquals(List.of(9L, 7L, 4L, 0L), of(int64(1, 2, 3, 4)).known("a", scalar(0))
                .node("y", "CumSum", "x a", "exclusive", 1, "reverse", 1).longs("y"));
        assertEquals(List.of(1L, 0L, 0L, 4L, 5L, 0L, 7L, 8L, 9L), of(SQUARE).node("y", "Trilu", "x", "upper", 0).longs("y"));
        assertEquals(List.of(0L, 0L, 5L, 0L, 5L, 0L), of(int64(-1, 1)).known("d", scalar(3)).known("v", int64(0, 5))
                .node("y", "OneHot", "x d v").longs("y"));
        Imports top = of(int64(3, 9, 9, 1)).known("k", int64(3)).node("v i", "TopK", "x k");
        assertEquals(List.of(1L, 2L, 0L), top.longs("i"));
        assertEquals(List.of(1L, 3L), of(int64(3, 9, 9, 1)).known("k", int64(2)).node("v i", "TopK", "x k", "largest", 0).longs("v"));
    }

    @Test
    void shapesMayBeCut() {
        assertEquals(List.of(4L), Imports.version(18).known("x", Tensor.zeros(dev.lamina.tensor.DType.UINT8, Shape.of(3, 4, 5)))
                .node("y", "Shape", "x", "start", -2, "end", -1).longs("y"));
        assertEquals(List.of(60L), Imports.version(18).known("x", Tensor.zeros(dev.lamina.tensor.DType.UINT8, Shape.of(3, 4, 5)))
                .node("y", "Size", "x").longs("y"));
    }

    @Test
    void boundsMayCross() {
        assertEquals(List.of(1.0, 1.0), of(float32(0, 5)).known("l", float32(2).reshape()).known("h", float32(1).reshape())
                .node("y", "Clip", "x l h").doubles("y"));
    }
}
