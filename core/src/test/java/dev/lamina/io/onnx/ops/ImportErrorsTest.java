package dev.lamina.io.onnx.ops;

import static dev.lamina.io.onnx.ops.Imports.float32;
import static dev.lamina.io.onnx.ops.Imports.int64;
import static dev.lamina.io.onnx.ops.Imports.scalar;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.graph.GraphException;
import dev.lamina.tensor.DType;
import org.junit.jupiter.api.Test;

/** Calls that break an operator's rules: the error names the node, the value and the rule. */
class ImportErrorsTest {
    private static Imports x() {
        return Imports.version(18).wired("x", DType.FLOAT32, 2, 3);
    }

    private static void refused(String message, Imports model) {
        assertEquals(message, assertThrows(GraphException.class, () -> model.operand("y")).getMessage());
    }

    @Test
    void shapesAndAxes() {
        refused("Concat \"y\": axis 2 is out of range for rank 2.", x().node("y", "Concat", "x x", "axis", 2));
        refused("Concat \"y\": attribute axis is missing.", x().node("y", "Concat", "x x"));
        refused("Transpose \"y\": perm is [0, 0], needs an order of the 2 axes of input [2, 3].",
                x().node("y", "Transpose", "x", "perm", new long[] {0, 0}));
        refused("Squeeze \"y\": axes name axis 1 of input [2, 3], needs extent 1.", x().known("a", int64(1)).node("y", "Squeeze", "x a"));
        refused("Unsqueeze \"y\": axes [0, -4] name axis 0 twice.", x().known("a", int64(0, -4)).node("y", "Unsqueeze", "x a"));
        refused("Split \"y\": split is [1, 1], needs numbers >= 0 that add up to 3, the extent of axis 1 of input [2, 3].",
                x().known("s", int64(1, 1)).node("y z", "Split", "x s", "axis", 1));
        refused("Slice \"y\": step of axis 0 is 0, needs another number.", x().known("s", int64(0)).known("e", int64(1))
                .known("a", int64(0)).known("t", int64(0)).node("y", "Slice", "x s e a t"));
        refused("Tile \"y\": repeats are [2], need a number >= 0 for each of the 2 axes of input [2, 3].",
                x().known("r", int64(2)).node("y", "Tile", "x r"));
        refused("ReduceSum \"y\": axes [1, -1] name axis 1 twice.", x().known("a", int64(1, -1)).node("y", "ReduceSum", "x a"));
    }

    @Test
    void operandsThatDoNotGoTogether() {
        refused("Add \"y\": shapes [2, 3] and [2] do not broadcast: extents 3 and 2 at axis -1 differ and neither is 1.",
                x().known("b", float32(1, 2)).node("y", "Add", "x b"));
        refused("Mul \"y\": operands are float32 and int64, need one type. Cast one of them.",
                x().known("b", int64(1)).node("y", "Mul", "x b"));
        refused("And \"y\": and \"and\": operands are float32, need bool.", x().node("y", "And", "x x"));
        refused("Add \"y\": has attribute axis or broadcast, which operator set 18 has not. Convert the model again.",
                x().node("y", "Add", "x x", "axis", 0));
        refused("Add \"y\": operands have shapes [2, 3] and [3], need one without attribute broadcast = 1.",
                Imports.version(6).wired("x", DType.FLOAT32, 2, 3).known("b", float32(1, 2, 3)).node("y", "Add", "x b"));
    }

    @Test
    void numbers() {
        refused("Gather \"y\": index 2 is outside axis 0 of input [2, 3].", x().known("i", scalar(2)).node("y", "Gather", "x i"));
        refused("Div \"y\": 1 is divided by 0.", Imports.version(18).known("a", int64(1)).known("b", int64(0)).node("y", "Div", "a b"));
        refused("Pow \"y\": the integer 2 is raised to -1, needs an exponent >= 0.",
                Imports.version(18).known("a", int64(2)).known("b", int64(-1)).node("y", "Pow", "a b"));
        refused("Mod \"y\": operands are float32, need attribute fmod = 1.", x().node("y", "Mod", "x x"));
        refused("Pad \"y\": mode is \"mirror\", needs constant, reflect, edge or wrap.",
                x().known("p", int64(1, 0, 0, 0)).node("y", "Pad", "x p", "mode", "mirror"));
        refused("TopK \"y\": K is 4, needs a number from 0 to 3, the extent of axis 1 of input [2, 3].",
                x().known("k", int64(4)).node("y i", "TopK", "x k"));
        refused("Cast \"y\": attribute to is uint16; Lamina has float32, float64, bfloat16, float16, int32, int64, uint8, bool. "
                + "Convert the model.", x().node("y", "Cast", "x", "to", 4));
        refused("Range \"y\": delta is 0, needs another number.", Imports.version(18).known("a", scalar(0)).known("b", scalar(3))
                .known("c", scalar(0)).node("y", "Range", "a b c"));
    }

    @Test
    void numbersThatMustBeKnown() {
        Imports reshape = x().wired("s", DType.INT64, 2).node("y", "Reshape", "x s");
        assertEquals("Reshape \"y\": input 1 (shape) is computed when the model runs, must be known before: Lamina's shapes are fixed. "
                + "Give it as a constant.", assertThrows(NotKnownException.class, () -> reshape.operand("y")).getMessage());
        Imports sine = x().node("y", "Sin", "x");
        assertEquals("Sin \"y\": operands are computed when the model runs, must be known before: Lamina has no such op when a model "
                + "runs. Give them as constants.", assertThrows(NotKnownException.class, () -> sine.operand("y")).getMessage());
        Imports division = Imports.version(18).wired("a", DType.INT64, 2).wired("b", DType.INT64, 2).node("y", "Div", "a b");
        assertEquals("Div \"y\": operands are computed when the model runs, must be known before: Lamina's ops on int64 are +, -, *, max, "
                + "min and comparisons. Give them as constants.",
                assertThrows(NotKnownException.class, () -> division.operand("y")).getMessage());
    }
}
