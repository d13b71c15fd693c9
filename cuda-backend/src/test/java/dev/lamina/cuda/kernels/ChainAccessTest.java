package dev.lamina.cuda.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lamina.cuda.kernels.ChainProgram.Access;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pointwise.BinaryFunction;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How chains reach the elements of operands: packs and what is left of them, repeated elements, strides. */
class ChainAccessTest {
    private static final Pointwise SUBTRACT = new Pointwise.Binary(BinaryFunction.SUBTRACT);

    @TempDir
    private static Path folder;
    private static ChainDevice device;

    @BeforeAll
    static void open() {
        device = new ChainDevice(folder);
    }

    @AfterAll
    static void close() {
        if (device != null) {
            device.close();
        }
    }

    private static Tensor counting(DType type, int n) {
        return Tensor.of(type, IntStream.range(0, n).mapToDouble(i -> i % 251).toArray(), n);
    }

    private static ChainProgram difference(DType type, Access second) {
        ChainProgram.Builder builder = new ChainProgram.Builder();
        int a = builder.operand(type, type, Access.DENSE);
        int b = builder.operand(type, type, second);
        builder.result(builder.apply(SUBTRACT, a, b), type);
        return builder.build();
    }

    private interface Position {
        int of(int i);
    }

    private static void check(DType type, int n, int small, Access access, boolean wide, Position position, long... counts) {
        Tensor a = counting(type, n);
        Tensor b = counting(type, small);
        double[] x = a.toDoubles();
        double[] y = b.toDoubles();
        double[] expected = IntStream.range(0, n).mapToDouble(i -> type.round(x[i] - y[position.of(i)])).toArray();
        List<Tensor> results = device.prepare(difference(type, access), wide, 4, n, List.of(a, b), counts).get();
        assertArrayEquals(expected, results.getFirst().toDoubles());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 511, 512, 513, 4099})
    void packsAndTheRest(int n) {
        for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16, DType.UINT8}) {
            check(type, n, n, Access.DENSE, false, i -> i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 16, 100})
    void repeatedElements(int inner) {
        int count = 3;
        int n = 4 * count * inner;
        check(DType.FLOAT32, n, count, Access.PERIODIC, false, i -> i / inner % count, inner, count);
        check(DType.FLOAT32, n + 3, count, Access.PERIODIC, false, i -> i / inner % count, inner, count);
        check(DType.FLOAT32, n, 1, Access.PERIODIC, false, _ -> 0, n, 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void strides(boolean wide) {
        // [2, 3, 4, 5] in rows, the other with axis 1 innermost.
        Position last = i -> i / 60 * 60 + i / 20 % 3 + i / 5 % 4 * 15 + i % 5 * 3;
        check(DType.FLOAT32, 120, 120, Access.STRIDED, wide, last, 3, 4, 5, 60, 1, 15, 3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void widePositions(boolean wide) {
        check(DType.FLOAT64, 77, 7, Access.PERIODIC, wide, i -> i / 11 % 7, 11, 7);
        check(DType.FLOAT64, 77, 77, Access.DENSE, wide, i -> i);
    }
}
