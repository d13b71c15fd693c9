package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import org.junit.jupiter.api.Test;

class DtPoolTest {
    private final GraphBuilder builder = new GraphBuilder();

    private Value input(String name, DType dtype, long... dims) {
        return builder.input(name, TensorType.of(dtype, dims));
    }

    @Test
    void keepsTheShapeAndCountsWhatItCompares() {
        Value f = input("f", DType.FLOAT64, 2, 3, 7, 5);
        Value costs = input("c", DType.FLOAT64, 3, 4);
        Node all = DtPool.dtPool(f, costs);
        assertEquals(TensorType.of(DType.FLOAT64, 2, 3, 7, 5), all.output(0).type());
        assertEquals(TensorType.of(DType.INT32, 2, 3, 7, 5), all.output(1).type());
        assertEquals(2 * 210, all.flops());
        assertEquals((5 + 5) * 210, DtPool.dtPool(f, costs, 2).flops());
        assertEquals((7 + 5) * 210, DtPool.dtPool(f, costs, 100).flops());
    }

    @Test
    void saysWhatIsWrong() {
        Value f = input("f", DType.FLOAT32, 2, 3, 7, 5);
        assertRefused("dtPool \"dt\": costs has shape [3, 3], needs [3, 4] (a_x, b_x, a_y, b_y of each map).", f,
                input("c1", DType.FLOAT32, 3, 3), 1);
        assertRefused("dtPool \"dt\": scores is float32, costs is float64; both need one type. Cast one of them.", f,
                input("c2", DType.FLOAT64, 3, 4), 1);
        assertRefused("dtPool \"dt\": radius = -2, needs >= 0, or -1 for all of a map.", f, input("c3", DType.FLOAT32, 3, 4), -2);
        assertRefused("dtPool \"dt\": scores has rank 3 [3, 7, 5], needs rank 4 [N, C, H, W]. Add a batch dimension.",
                Shaping.reshape(input("g", DType.FLOAT32, 1, 3, 7, 5), Shape.of(3, 7, 5)), input("c4", DType.FLOAT32, 7, 4), 1);
        assertRefused("dtPool \"dt\": scores is int32, needs a floating-point type. Cast it first.",
                input("h", DType.INT32, 2, 3, 7, 5), input("c5", DType.INT32, 3, 4), 1);
    }

    private void assertRefused(String message, Value scores, Value costs, long radius) {
        assertEquals(message, assertThrows(GraphException.class, () -> {
            builder.name("dt");
            DtPool.dtPool(scores, costs, radius);
        }).getMessage());
    }
}
