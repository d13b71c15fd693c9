package dev.lamina.cuda.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.cuda.Emulator;
import dev.lamina.tensor.DType;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BlasTest {
    private static final DType F32 = DType.FLOAT32;
    private static final DType BF16 = DType.BFLOAT16;

    private DeviceRig rig;
    private Blas blas;

    @BeforeEach
    void open() {
        rig = DeviceRig.open();
        blas = rig.blas();
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    private double[] product(Gemm gemm, double[] a, double[] b, int results) {
        DType operand = gemm.arithmetic().operand();
        long c = rig.room(gemm.c().type(), results);
        blas.gemm(gemm, rig.put(operand, a), rig.put(operand, b), c);
        return rig.get(gemm.c().type(), c, results);
    }

    @Test
    void multipliesRowMajorMatrices() {
        double[] a = {1, 2, 3, 4, 5, 6};
        double[] b = {7, 8, 9, 10, 11, 12};
        assertArrayEquals(new double[] {58, 64, 139, 154}, product(Gemm.of(false, false, 2, 2, 3, Arithmetic.FLOAT32), a, b, 4));
    }

    @Test
    void transposesEitherOperand() {
        double[] a = {1, 4, 2, 5, 3, 6};
        double[] b = {7, 9, 11, 8, 10, 12};
        assertArrayEquals(new double[] {58, 64, 139, 154}, product(Gemm.of(true, true, 2, 2, 3, Arithmetic.FLOAT32), a, b, 4));
        assertArrayEquals(new double[] {58, 64, 139, 154},
                product(Gemm.of(true, false, 2, 2, 3, Arithmetic.FLOAT64), a, new double[] {7, 8, 9, 10, 11, 12}, 4));
        assertArrayEquals(new double[] {58, 64, 139, 154},
                product(Gemm.of(false, true, 2, 2, 3, Arithmetic.TF32), new double[] {1, 2, 3, 4, 5, 6}, b, 4));
    }

    @Test
    void agreesWithPlainLoopsInAllOrders() {
        Random random = new Random(7);
        int m = 5;
        int n = 7;
        int k = 11;
        for (int order = 0; order < 4; order++) {
            boolean ta = order % 2 == 1;
            boolean tb = order > 1;
            double[] a = random.doubles(m * k, -1, 1).toArray();
            double[] b = random.doubles(k * n, -1, 1).toArray();
            double[] expected = new double[m * n];
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    for (int l = 0; l < k; l++) {
                        expected[i * n + j] += a[ta ? l * m + i : i * k + l] * b[tb ? j * k + l : l * n + j];
                    }
                }
            }
            assertArrayEquals(expected, product(Gemm.of(ta, tb, m, n, k, Arithmetic.FLOAT64), a, b, m * n), 1e-14, "order " + order);
        }
    }

    @Test
    void addsToTheResult() {
        long c = rig.put(F32, 100, 200);
        Gemm gemm = Gemm.of(false, false, 1, 2, 2, Arithmetic.FLOAT32).accumulating();
        blas.gemm(gemm, rig.put(F32, 1, 2), rig.put(F32, 3, 4, 5, 6), c);
        assertArrayEquals(new double[] {113, 216}, rig.get(F32, c, 2));
    }

    @Test
    void multipliesBatches() {
        double[] a = {1, 2, 3, 4, 5, 6};
        double[] b = {1, 10, 100, 1000, 2, 3};
        assertArrayEquals(new double[] {21, 4300, 28},
                product(Gemm.of(false, false, 1, 1, 2, Arithmetic.FLOAT32).batched(3), a, b, 3));
    }

    @Test
    void strideZeroRepeatsAnOperand() {
        Gemm once = Gemm.of(false, false, 1, 1, 2, Arithmetic.FLOAT32);
        Gemm gemm = new Gemm(false, false, 1, 1, 2, once.a(), Gemm.Matrix.of(F32, 1, 0), once.c(), 2, Arithmetic.FLOAT32, false);
        assertArrayEquals(new double[] {21, 43}, product(gemm, new double[] {1, 2, 3, 4}, new double[] {1, 10}, 2));
    }

    @Test
    void skipsWhatLiesBetweenRows() {
        Gemm dense = Gemm.of(false, false, 2, 1, 2, Arithmetic.FLOAT32);
        Gemm gemm = new Gemm(false, false, 2, 1, 2, new Gemm.Matrix(F32, 3, 0), dense.b(), dense.c(), 1, Arithmetic.FLOAT32, false);
        assertArrayEquals(new double[] {21, 43}, product(gemm, new double[] {1, 2, -9, 3, 4, -9}, new double[] {1, 10}, 2));
    }

    @Test
    void sumsBfloat16OperandsInFloat32() {
        // 256 + 1 needs nine bits: exact in float32, 256 in bfloat16.
        double[] a = {256, 1};
        double[] b = {1, 1};
        Gemm gemm = Gemm.of(false, false, 1, 1, 2, Arithmetic.BFLOAT16);
        assertArrayEquals(new double[] {257}, product(gemm, a, b, 1));
        assertArrayEquals(new double[] {256}, product(gemm.giving(BF16), a, b, 1));
    }

    @Test
    void keepsItsWorkspaceWhenTheStreamChanges() {
        blas.workspace(rig.own(rig.context().allocate(1 << 20, "a workspace")));
        long before = Emulator.control().count("cublasSetWorkspace");
        blas.stream(rig.own(rig.context().stream()));
        assertEquals(before + 1, Emulator.control().count("cublasSetWorkspace"));
        blas.stream(rig.stream());
        multipliesRowMajorMatrices();
    }

    @Test
    void refusesAMisalignedWorkspace() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> blas.workspace(8, 1 << 20)).getMessage().contains("multiple of 256"));
    }

    @Test
    void runsInACapturedGraph() {
        blas.workspace(rig.own(rig.context().allocate(1 << 20, "a workspace")));
        long a = rig.put(F32, 1, 2);
        long b = rig.put(F32, 3, 4);
        long c = rig.room(F32, 1);
        rig.stream().beginCapture();
        blas.gemm(Gemm.of(false, false, 1, 1, 2, Arithmetic.FLOAT32), a, b, c);
        CapturedGraph graph = rig.own(rig.stream().endCapture());
        graph.launch(rig.stream());
        assertArrayEquals(new double[] {11}, rig.get(F32, c, 1));
    }

    @Test
    void aFailureNamesCallStatusAndSizes() {
        Emulator.control().inject("cublasGemmEx", 0, 13, 1);
        CudaException e = assertThrows(CudaException.class, this::multipliesRowMajorMatrices);
        assertEquals("cublasGemmEx", e.call());
        assertEquals("CUBLAS_STATUS_EXECUTION_FAILED", e.status());
        assertTrue(e.getMessage().contains("m=2, n=2, k=3"), e.getMessage());
        multipliesRowMajorMatrices();
    }

    @Test
    void refusesImpossibleProducts() {
        assertMessage("k = 0", () -> Gemm.of(false, false, 1, 1, 0, Arithmetic.FLOAT32));
        assertMessage("A has 3 columns, its rows are 2 apart", () -> new Gemm(false, false, 1, 1, 3, new Gemm.Matrix(F32, 2, 0),
                new Gemm.Matrix(F32, 1, 0), new Gemm.Matrix(F32, 1, 0), 1, Arithmetic.FLOAT32, false));
        assertMessage("needs a stride of C", () -> new Gemm(false, false, 1, 1, 1, new Gemm.Matrix(F32, 1, 1),
                new Gemm.Matrix(F32, 1, 1), new Gemm.Matrix(F32, 1, 0), 2, Arithmetic.FLOAT32, false));
        assertMessage("takes operands of bfloat16", () -> new Gemm(false, false, 1, 1, 1, new Gemm.Matrix(F32, 1, 1),
                new Gemm.Matrix(F32, 1, 1), new Gemm.Matrix(F32, 1, 0), 1, Arithmetic.BFLOAT16, false));
        assertMessage("at most 2^31 - 1", () -> Gemm.of(false, false, 1L << 31, 1, 1, Arithmetic.FLOAT32));
    }

    private static void assertMessage(String part, org.junit.jupiter.api.function.Executable call) {
        String message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    @Test
    void isOfNoUseOnceClosed() {
        blas.close();
        blas.close();
        assertThrows(IllegalStateException.class, this::multipliesRowMajorMatrices);
    }
}
