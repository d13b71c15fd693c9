package dev.lamina.io.onnx.ops;

import static dev.lamina.io.onnx.ops.Imports.int64;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Slices of known numbers. */
class SlicesTest {
    /** Against a loop over NumPy's rule, written out. */
    @Property(tries = 300)
    void slicesFollowNumPy(@ForAll @IntRange(min = 0, max = 7) int extent, @ForAll @IntRange(min = -10, max = 10) int start,
            @ForAll @IntRange(min = -10, max = 10) int end, @ForAll @IntRange(min = 1, max = 9) int step, @ForAll boolean backwards) {
        int by = backwards ? -step : step;
        int from = start < 0 ? start + extent : start;
        int to = end < 0 ? end + extent : end;
        List<Long> expected = IntStream.iterate(backwards ? Math.min(from, extent - 1) : Math.max(from, 0),
                i -> backwards ? i > to && i >= 0 : i < to && i < extent, i -> i + by).mapToObj(i -> (long) i).toList();
        Tensor x = int64(LongStream.range(0, extent).toArray());
        assertEquals(expected, Imports.version(18).known("x", x).known("s", int64(start)).known("e", int64(end)).known("a", int64(0))
                .known("b", int64(by)).node("y", "Slice", "x s e a b").longs("y"));
    }
}
