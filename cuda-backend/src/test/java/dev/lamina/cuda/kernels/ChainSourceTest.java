package dev.lamina.cuda.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.kernels.ChainProgram.Access;
import dev.lamina.cuda.lowering.Kernels.Generated;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.graph.Pointwise.UnaryFunction;
import dev.lamina.tensor.DType;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChainSourceTest {
    /** {@code leakyRelu(x + b, slope) * factor}. */
    private static ChainProgram program(Access bias, double slope, double factor) {
        ChainProgram.Builder builder = new ChainProgram.Builder();
        int x = builder.operand(DType.FLOAT32, DType.FLOAT32, Access.DENSE);
        int b = builder.operand(DType.FLOAT32, DType.FLOAT32, bias);
        int sum = builder.apply(new Pointwise.Binary(BinaryFunction.ADD), x, b);
        int relu = builder.apply(new Pointwise.LeakyRelu(slope), sum);
        int c = builder.scalar(DType.FLOAT32, factor);
        builder.result(builder.apply(new Pointwise.Binary(BinaryFunction.MULTIPLY), relu, c), DType.FLOAT32);
        return builder.build();
    }

    private static Generated source(ChainProgram program) {
        return ChainSource.of(program, false, 4);
    }

    @Test
    void chainsThatDifferInNumbersOnlyAreOneKernel() {
        ChainProgram first = program(Access.PERIODIC, 0.1, 3.25);
        ChainProgram second = program(Access.PERIODIC, 0.2, 5);
        assertEquals(source(first), source(second));
        assertFalse(source(first).text().contains("3.25"));
        assertEquals(List.of((double) 0.1f, 3.25), first.scalars().stream().map(ChainProgram.Scalar::value).toList());
    }

    @Test
    void theNameTellsKernelsApart() {
        Generated periodic = source(program(Access.PERIODIC, 0.1, 2));
        Generated strided = source(program(Access.STRIDED, 0.1, 2));
        assertNotEquals(periodic.kernel(), strided.kernel());
        assertTrue(periodic.text().contains("void " + periodic.kernel() + "("));
        assertFalse(periodic.text().contains("@"));
    }

    @Test
    void everyOperandIsLoadedOnce() {
        ChainProgram.Builder builder = new ChainProgram.Builder();
        int x = builder.operand(DType.FLOAT32, DType.BFLOAT16, Access.DENSE);
        int square = builder.apply(new Pointwise.Binary(BinaryFunction.MULTIPLY), x, x);
        builder.result(square, DType.BFLOAT16);
        builder.result(builder.apply(new Pointwise.Unary(UnaryFunction.TANH), square), DType.FLOAT32);
        String text = source(builder.build()).text();
        assertEquals(text.indexOf("widen_bfloat16"), text.lastIndexOf("widen_bfloat16"));
        assertTrue(text.contains("Pack<bfloat16, 4>*)x0"), text);
        assertTrue(text.contains("y0 = narrow_bfloat16(r1)"), text);
        assertTrue(text.contains("y1 = r2"), text);
    }

    @Test
    void aThreadTakesSixteenBytesOfTheWidestType() {
        assertEquals(4, width(DType.FLOAT32));
        assertEquals(2, width(DType.FLOAT64));
        assertEquals(8, width(DType.BFLOAT16));
        assertEquals(8, width(DType.UINT8));
        assertEquals(1, program(Access.STRIDED, 1, 1).width());
    }

    private static int width(DType type) {
        ChainProgram.Builder builder = new ChainProgram.Builder();
        builder.result(builder.operand(type, type, Access.DENSE), type);
        return builder.build().width();
    }

    @Test
    void resultsOfNarrowTypesAreRoundedBetweenFunctions() {
        ChainProgram.Builder builder = new ChainProgram.Builder();
        int x = builder.operand(DType.INT32, DType.INT32, Access.DENSE);
        int square = builder.apply(new Pointwise.Unary(UnaryFunction.SQUARE), x);
        builder.result(builder.apply(new Pointwise.Compare(Pointwise.Comparison.LESS), square, x), DType.BOOL);
        String text = source(builder.build()).text();
        assertTrue(text.contains("const long long r1 = (int)((long long)((unsigned long long)r0 * (unsigned long long)r0));"), text);
        assertTrue(text.contains("const long long r2 = r1 < r0;"), text);
    }

    @Test
    void positionsAreWideOnlyWhereTheyMustBe() {
        ChainProgram program = program(Access.PERIODIC, 0.1, 2);
        assertFalse(ChainSource.of(program, false, 4).text().contains("long long"));
        assertTrue(ChainSource.of(program, true, 4).text().contains("unsigned long long n"));
    }
}
