package dev.lamina.cpu.vector;

import dev.lamina.graph.Pooling;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pooling allocates nothing on the Java heap. */
@Tag("allocation")
class PoolingAllocationTest {
    private static final Team ONE = Team.single();

    @AfterEach
    void free() {
        SpatialMemory.free();
    }

    @Test
    void maxPoolAllocatesNothing() {
        for (Images in : SpatialCases.images(new long[][] {{2, 35, 13, 12}})) {
            for (Window window : List.of(Window.of(3).stride(2), Window.of(2).stride(2))) {
                Images out = in.withMap((in.h() - window.h().kernel()) / 2 + 1, (in.w() - window.w().kernel()) / 2 + 1);
                Pointer x = new SpatialMemory(in, SpatialMemory.noise(in, 1)).pointer();
                Pointer y = new SpatialMemory(out).pointer();
                Pointer winners = new SpatialMemory(out).pointer();
                Pointer dx = new SpatialMemory(in).pointer();
                HeapUse.none(MaxPool.of(ONE, window, in, out, x, y, winners), "max pool of " + in);
                HeapUse.none(MaxPool.of(ONE, window, in, out, x, y, null), "max pool without winners of " + in);
                HeapUse.none(MaxPoolGradient.sum(ONE, window, in, out, y, winners, dx, null), "gradient of " + in);
                HeapUse.none(MaxPoolGradient.sum(ONE, window, in, out, y, winners, dx, x), "rectified gradient of " + in);
                HeapUse.none(MaxPoolScatter.sum(ONE, in, out, y, winners, dx), "scatter of " + in);
            }
        }
    }

    @Test
    void avgPoolAllocatesNothing() {
        for (Images in : SpatialCases.images(new long[][] {{2, 35, 13, 12}})) {
            Window window = Window.of(3).stride(2);
            Images out = in.withMap(6, 5);
            Pointer x = new SpatialMemory(in, SpatialMemory.noise(in, 1)).pointer();
            Pointer y = new SpatialMemory(out, SpatialMemory.noise(out, 1)).pointer();
            HeapUse.none(AvgPool.of(ONE, new Pooling.AvgPool(window, true), in, out, x, y), "mean of " + in);
            Pooling.AvgPoolGradient back = new Pooling.AvgPoolGradient(window, true, Shape.of(2, 35, 13, 12));
            HeapUse.none(AvgPoolGradient.of(ONE, back, in, out, y, x), "gradient of " + in);
            Images one = in.withMap(1, 1);
            HeapUse.none(AvgPool.adaptive(ONE, in, one, x, y), "global mean of " + in);
            HeapUse.none(AvgPoolGradient.adaptive(ONE, in, one, y, x), "gradient of the global mean of " + in);
        }
    }
}
