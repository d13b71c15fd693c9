package dev.lamina.io.onnx.ops;

import static dev.lamina.io.onnx.ops.Imports.float32;
import static dev.lamina.io.onnx.ops.Imports.int32;
import static dev.lamina.io.onnx.ops.Imports.int64;
import static dev.lamina.io.onnx.ops.Imports.scalar;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is computed when a model is imported, and what is left to the graph. */
class FoldingTest {
    private static Imports two(Tensor a, Tensor b) {
        return Imports.version(18).known("a", a).known("b", b);
    }

    @Test
    void aShapeComputedFromAShapeIsKnown() {
        // x.reshape(x.size(0), -1, 2 * x.size(3)), as exporters write it.
        Operand y = Imports.version(18).wired("x", DType.FLOAT32, 5, 3, 4, 6).known("zero", scalar(0)).known("three", scalar(-1))
                .known("axes", int64(0)).known("rest", int64(-1)).known("two", scalar(2))
                .node("s", "Shape", "x")
                .node("n", "Gather", "s zero").node("w", "Gather", "s three").node("w2", "Mul", "w two")
                .node("n1", "Unsqueeze", "n axes").node("w1", "Unsqueeze", "w2 axes")
                .node("t", "Concat", "n1 rest w1", "axis", 0)
                .node("y", "Reshape", "x t").operand("y");
        assertInstanceOf(Operand.Wired.class, y);
        assertEquals(Shape.of(5, 6, 12), y.shape());
    }

    @Test
    void aSizeComputedByFactorsIsKnown() {
        // floor(size * scale), the scale being a weight of the file: 5 * 1.5 and 6 * 0.5.
        assertEquals(List.of(7L, 3L), Imports.version(18).wired("x", DType.FLOAT32, 1, 3, 5, 6).weight("scale", float32(1.5, 0.5))
                .known("two", int64(2)).known("four", int64(4)).node("s", "Shape", "x").node("hw", "Slice", "s two four")
                .node("f", "Cast", "hw", "to", 1).node("m", "Mul", "f scale").node("g", "Floor", "m")
                .node("y", "Cast", "g", "to", 7).longs("y"));
    }

    @Test
    void int32Wraps() {
        assertEquals(List.of((long) Integer.MIN_VALUE), two(int32(Integer.MAX_VALUE), int32(1)).node("y", "Add", "a b").longs("y"));
        assertEquals(List.of(-2L), two(int32(Integer.MAX_VALUE), int32(2)).node("y", "Mul", "a b").longs("y"));
    }

    @Test
    void int64IsExactBeyondDoubles() {
        assertEquals(List.of((1L << 53) + 1), two(int64(1L << 53), int64(1)).node("y", "Add", "a b").longs("y"));
        assertEquals(List.of(-1L), two(int64((1L << 53) + 1), int64(-(1L << 53) - 1)).node("y", "Div", "a b").longs("y"));
    }

    @Test
    void float32IsRoundedAfterEachOperation() {
        // 2^24 + 1 is no float32; a third of it neither.
        assertEquals(List.of(16777216.0), two(float32(16777216), float32(1)).node("y", "Add", "a b").doubles("y"));
        assertEquals(List.of((double) (1f / 3f)), two(float32(1), float32(3)).node("y", "Div", "a b").doubles("y"));
        assertEquals(List.of((double) (float) Math.sqrt(2)), two(float32(2), float32(0)).node("y", "Sqrt", "a").doubles("y"));
    }

    @ParameterizedTest
    @CsvSource({"-7, 2, -3, 1, -1", "7, -2, -3, -1, 1", "-7, -2, 3, -1, -1", "7, 2, 3, 1, 1", "6, 3, 2, 0, 0", "-6, 3, -2, 0, 0"})
    void integersDivideTowardsZeroAndRemaindersTakeASign(long a, long b, long quotient, long mod, long fmod) {
        for (DType dtype : List.of(DType.INT32, DType.INT64)) {
            Tensor x = int64(a).cast(dtype);
            Tensor y = int64(b).cast(dtype);
            assertEquals(List.of(quotient), two(x, y).node("y", "Div", "a b").longs("y"));
            assertEquals(List.of(mod), two(x, y).node("y", "Mod", "a b").longs("y"));
            assertEquals(List.of(fmod), two(x, y).node("y", "Mod", "a b", "fmod", 1).longs("y"));
        }
    }

    @Test
    void powersOfIntegersAreIntegers() {
        assertEquals(List.of(81L, 1L, 0L, -8L), two(int64(3, 5, 0, -2), int64(4, 0, 7, 3)).node("y", "Pow", "a b").longs("y"));
        assertEquals(List.of(4L, 9L), two(int64(2, 3), int64(2)).node("y", "Pow", "a b").longs("y"));
        // 3^39 fits 63 bits, but no double.
        assertEquals(List.of(4052555153018976267L), two(int64(3), int64(39)).node("y", "Pow", "a b").longs("y"));
    }

    @Test
    void truthValuesAndChoices() {
        assertEquals(List.of(1L, 20L, 3L), two(int64(1, 2, 3), int64(10, 20, 30)).known("c", int64(5, 0, 7)).known("d", int64(5, 1, 7))
                .node("e", "Equal", "c d").node("y", "Where", "e a b").longs("y"));
        assertEquals(List.of(1L, 0L), two(int64(1, 2), int64(2, 1)).node("l", "Less", "a b").node("g", "Greater", "b a")
                .node("n", "And", "l g").node("m", "Not", "n").node("y", "Xor", "m l").node("z", "Not", "y")
                .node("w", "Or", "n z").longs("n"));
    }

    @Test
    void castsCutTowardsZero() {
        Imports cast = Imports.version(18).known("a", float32(-1.7, 2.9, 0));
        assertEquals(List.of(-1L, 2L, 0L), cast.node("y", "Cast", "a", "to", 7).longs("y"));
        assertEquals(DType.BOOL, Imports.version(18).known("a", float32(-1.7, 0)).node("y", "Cast", "a", "to", 9).tensor("y").dtype());
    }

    @Test
    void nothingFolds() {
        Tensor none = Tensor.zeros(DType.INT64, Shape.of(0));
        assertEquals(List.of(), Imports.version(18).known("a", scalar(5)).known("b", scalar(5)).known("c", scalar(1))
                .node("y", "Range", "a b c").longs("y"));
        assertEquals(List.of(7L), two(none, int64(7)).node("y", "Concat", "a b", "axis", 0).longs("y"));
        assertEquals(List.of(0L), two(none, none).node("y", "ReduceSum", "a").longs("y"));
        assertEquals(List.of(1L), two(none, none).node("y", "ReduceProd", "a").longs("y"));
        assertEquals(Shape.scalar(), two(none, none).node("y", "ReduceProd", "a", "keepdims", 0).tensor("y").shape());
        assertEquals(List.of(0.0), Imports.version(18).known("a", none).node("y", "ConstantOfShape", "a").doubles("y"));
    }

    @Test
    void reductions() {
        Tensor x = int64(1, 2, 3, 4, 5, 6).reshape(2, 3);
        Imports reduced = two(x, int64(-1)).node("p", "ReduceProd", "a b").node("s", "ReduceSumSquare", "a b", "keepdims", 0)
                .node("m", "ReduceMin", "a");
        assertEquals(List.of(6L, 120L), reduced.longs("p"));
        Imports again = two(x, int64(-1)).node("s", "ReduceSumSquare", "a b", "keepdims", 0);
        assertEquals(List.of(14L, 77L), again.longs("s"));
        assertEquals(Shape.of(1, 1), two(x, int64(-1)).node("m", "ReduceMin", "a").tensor("m").shape());
        assertEquals(List.of(1.0, 4.0, 9.0), two(float32(1, 2, 3), Tensor.zeros(DType.INT64, Shape.of(0)))
                .node("y", "ReduceSumSquare", "a b", "noop_with_empty_axes", 1).doubles("y"));
    }

    @Test
    void weightsFoldOnlyIfTinyAndBesideKnownNumbers() {
        Imports scaled = Imports.version(18).weight("w", float32(2)).known("a", float32(3, 5));
        assertEquals(List.of(6.0, 10.0), scaled.node("y", "Mul", "a w").doubles("y"));
        Imports larger = Imports.version(18).weight("w", float32(2, 2, 2, 2, 2)).known("a", float32(3));
        assertInstanceOf(Operand.Wired.class, larger.node("y", "Mul", "a w").operand("y"));
        Imports alone = Imports.version(18).weight("w", float32(2)).wired("x", DType.FLOAT32, 1);
        assertInstanceOf(Operand.Wired.class, alone.node("y", "Exp", "w").operand("y"));
        Imports same = Imports.version(18).weight("w", float32(2)).wired("x", DType.FLOAT32, 1);
        assertInstanceOf(Operand.Weight.class, same.node("y", "Identity", "w").operand("y"));
    }

    @Test
    void largeResultsAreLeftToTheGraph() {
        Operand y = two(int64(1), int64(Folding.MOST + 1)).node("y", "Expand", "a b").operand("y");
        assertInstanceOf(Operand.Wired.class, y);
        assertInstanceOf(Operand.Known.class, two(int64(1), int64(Folding.MOST)).node("y", "Expand", "a b").operand("y"));
    }

    @Test
    void integerArithmeticStaysExactWhenTheModelRuns() {
        Imports wired = Imports.version(18).wired("a", DType.INT32, 4).wired("b", DType.INT32, 4).node("y", "Div", "a b");
        Operand y = wired.operand("y");
        assertEquals(DType.INT32, y.dtype());
        assertInstanceOf(Operand.Wired.class, y);
    }
}
