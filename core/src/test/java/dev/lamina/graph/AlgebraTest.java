package dev.lamina.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Rules that hold for all shapes and windows. */
class AlgebraTest {

    @Provide
    Arbitrary<Shape> shapes() {
        return Arbitraries.of(0L, 1L, 1L, 1L, 2L, 2L, 3L).array(Long[].class).ofMaxSize(4)
                .map(dims -> Shape.of(java.util.Arrays.stream(dims).mapToLong(Long::longValue).toArray()));
    }

    private static Optional<Shape> broadcast(Optional<Shape> a, Optional<Shape> b) {
        try {
            return a.isEmpty() || b.isEmpty() ? Optional.empty() : Optional.of(Shape.broadcast(a.get(), b.get()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Property(tries = 2000)
    void broadcastIsCommutative(@ForAll("shapes") Shape a, @ForAll("shapes") Shape b) {
        assertEquals(broadcast(Optional.of(a), Optional.of(b)), broadcast(Optional.of(b), Optional.of(a)));
    }

    @Property(tries = 2000)
    void broadcastIsAssociative(@ForAll("shapes") Shape a, @ForAll("shapes") Shape b, @ForAll("shapes") Shape c) {
        Optional<Shape> left = broadcast(broadcast(Optional.of(a), Optional.of(b)), Optional.of(c));
        Optional<Shape> right = broadcast(Optional.of(a), broadcast(Optional.of(b), Optional.of(c)));
        assertEquals(left, right);
    }

    @Property
    void broadcastIsIdempotentAndScalarsAreNeutral(@ForAll("shapes") Shape a) {
        assertEquals(a, Shape.broadcast(a, a));
        assertEquals(a, Shape.broadcast(a, Shape.scalar()));
    }

    @Property(tries = 2000)
    void windowCountEqualsCountingWindows(@ForAll @IntRange(min = 1, max = 20) int extent, @ForAll @IntRange(min = 1, max = 7) int kernel,
            @ForAll @IntRange(min = 1, max = 6) int stride, @ForAll @IntRange(max = 4) int begin, @ForAll @IntRange(max = 4) int end,
            @ForAll @IntRange(min = 1, max = 3) int dilation, @ForAll Rounding rounding) {
        Window window = Window.of(kernel, 1).stride(stride, 1).padding(begin, 0, end, 0).dilation(dilation, 1).rounding(rounding);
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 1, 1, extent, 1));
        Value w = g.input("w", TensorType.of(DType.FLOAT32, 1, 1, kernel, 1));
        int span = dilation * (kernel - 1) + 1;
        int padded = extent + begin + end;
        int count = 0;
        int last = 0;
        for (int start = 0; start + span <= padded; start += stride) {
            count++;
            last = start + span;
        }
        if (count == 0 || rounding == Rounding.EXACT && last < padded) {
            assertThrows(GraphException.class, () -> Convolution.conv2d(x, w, window, 1));
            return;
        }
        int expected = rounding == Rounding.CEIL && last < padded ? count + 1 : count;
        assertEquals(expected, Convolution.conv2d(x, w, window, 1).shape().dim(2));
        if (rounding == Rounding.FLOOR) {
            assertEquals(padded - last, window.h().dropped(extent));
        }
    }

    @Property
    void sumToUndoesBroadcasting(@ForAll("shapes") Shape a, @ForAll("shapes") Shape b) {
        Optional<Shape> common = broadcast(Optional.of(a), Optional.of(b));
        if (common.isPresent()) {
            GraphBuilder g = new GraphBuilder();
            Value y = Source.fill(g, new TensorType(DType.FLOAT32, common.get()), 1);
            assertEquals(a, Reduction.sumTo(y, a).shape());
            assertEquals(b, Reduction.sumTo(y, b).shape());
        }
    }
}
