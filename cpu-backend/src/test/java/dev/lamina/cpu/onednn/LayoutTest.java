package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Layouts of images and filters: what they say of themselves, and where a reorder puts every element. */
class LayoutTest {
    /** oneDNN's dnnl_ABcd16b16a and dnnl_aBCde16c16b: filters in blocks of 16 inputs and outputs. */
    private static final int TAG_ABCD16B16A = 79;
    private static final int TAG_ABCDE16C16B = 124;

    private static OneDnnBackend backend;
    private static NativeScope scope;

    @BeforeAll
    static void open() {
        backend = OneDnn.open(2);
        scope = new NativeScope(backend.engine());
    }

    @AfterAll
    static void close() {
        if (backend != null) {
            scope.close();
            backend.close();
        }
    }

    /** A layout of five channels' worth of odd extents, and where element {@code i} of each axis is to be found. */
    private enum Sample {
        PLAIN(3, 19, 5, 7) {
            @Override
            Layout layout() {
                return Layout.plain(type());
            }

            @Override
            long offset(long a, long b, long c, long d) {
                return ((a * 19 + b) * 5 + c) * 7 + d;
            }
        },
        CHANNELS_LAST(3, 19, 5, 7) {
            @Override
            Layout layout() {
                return Layout.channelsLast(type());
            }

            @Override
            long offset(long a, long b, long c, long d) {
                return ((a * 5 + c) * 7 + d) * 19 + b;
            }
        },
        /** nChw16c: 19 channels are two blocks. */
        CHANNEL_BLOCKS(3, 19, 5, 7) {
            @Override
            Layout layout() {
                return tagged(Dnnl.TAG_ABCD16B);
            }

            @Override
            long offset(long a, long b, long c, long d) {
                return (((a * 2 + b / 16) * 5 + c) * 7 + d) * 16 + b % 16;
            }
        },
        /** OIhw16i16o: 35 outputs are three blocks, 17 inputs two. */
        FILTER_BLOCKS(35, 17, 3, 2) {
            @Override
            Layout layout() {
                return tagged(TAG_ABCD16B16A);
            }

            @Override
            long offset(long a, long b, long c, long d) {
                return ((((a / 16 * 2 + b / 16) * 3 + c) * 2 + d) * 16 + b % 16) * 16 + a % 16;
            }
        },
        /** gOIhw16i16o: two groups of 18 outputs (two blocks) and 5 inputs. */
        GROUPED_FILTER_BLOCKS(36, 5, 3, 2) {
            @Override
            Layout layout() {
                return Layout.of(type(), Layout.taggedDescriptor(scope, new long[] {2, 18, 5, 3, 2}, Dnnl.F32, TAG_ABCDE16C16B), scope);
            }

            @Override
            long offset(long a, long b, long c, long d) {
                long out = a % 18;
                return (((a / 18 * 2 + out / 16) * 3 + c) * 2 + d) * 256 + b * 16 + out % 16;
            }
        };

        private final long[] dims;

        Sample(long... dims) {
            this.dims = dims;
        }

        TensorType type() {
            return TensorType.of(DType.FLOAT32, dims);
        }

        Layout tagged(int tag) {
            return Layout.of(type(), Layout.taggedDescriptor(scope, dims, Dnnl.F32, tag), scope);
        }

        abstract Layout layout();

        /** In elements, computed here and not by the class under test. */
        abstract long offset(long a, long b, long c, long d);
    }

    private static Pages memory(Tensor row) {
        Pages pages = Pages.allocate(row.byteSize(), "test");
        MemorySegment.copy(row.memory(), 0, pages.segment(), 0, row.byteSize());
        return pages;
    }

    private static Pages poisoned(long bytes) {
        Pages pages = Pages.allocate(bytes, "test");
        pages.segment().fill((byte) 0xFF);
        return pages;
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void reordersPutEveryElementInItsPlaceAndZerosInBetween(Sample sample) {
        Layout layout = sample.layout();
        Tensor drawn = OneDnn.draw(1, sample.dims);
        int floats = Math.toIntExact(layout.bytes() / Float.BYTES);
        float[] expected = new float[floats];
        long[] d = sample.dims;
        for (long i = 0; i < drawn.elements(); i++) {
            long w = i % d[3];
            long h = i / d[3] % d[2];
            long b = i / d[3] / d[2] % d[1];
            long a = i / d[3] / d[2] / d[1];
            expected[Math.toIntExact(sample.offset(a, b, h, w))] = (float) drawn.get(a, b, h, w);
        }
        try (Pages row = memory(drawn); Pages blocked = poisoned(layout.bytes())) {
            backend.reorder(Layout.plain(sample.type()), row.address(), layout, blocked.address());
            assertArrayEquals(expected, blocked.segment().toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    @ParameterizedTest
    @EnumSource(Sample.class)
    void roundTripsAreBitExact(Sample sample) {
        Layout layout = sample.layout();
        Tensor drawn = OneDnn.draw(2, sample.dims);
        float[] special = {-0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, -Float.MAX_VALUE};
        for (int i = 0; i < special.length; i++) {
            drawn.set(special[i], i % 3, i % 5, i % 3, i % 2);
        }
        try (Pages row = memory(drawn); Pages blocked = poisoned(layout.bytes()); Pages back = poisoned(drawn.byteSize())) {
            backend.reorder(Layout.plain(sample.type()), row.address(), layout, blocked.address());
            backend.reorder(layout, blocked.address(), layout.plainAlike(), back.address());
            assertArrayEquals(OneDnn.bytes(drawn), back.segment().toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** The space of a layout visits every index once, and no memory outside. */
    @ParameterizedTest
    @EnumSource(Sample.class)
    void physicalSpaceLeadsToTheSamePlaces(Sample sample) {
        Layout layout = sample.layout();
        Physical space = Physical.of(layout);
        long[] extents = layout.dims();
        boolean[] visited = new boolean[Math.toIntExact(layout.bytes() / Float.BYTES)];
        int inside = 0;
        long places = 1;
        for (long dim : space.dims()) {
            places *= dim;
        }
        assertEquals(visited.length, places);
        for (long place = 0; place < places; place++) {
            long[] index = new long[extents.length];
            long offset = 0;
            long rest = place;
            for (int i = space.dims().length - 1; i >= 0; i--) {
                long at = rest % space.dims()[i];
                rest /= space.dims()[i];
                offset += at * space.strides()[i];
                index[space.axes()[i]] += at * space.steps()[i];
            }
            assertFalse(visited[Math.toIntExact(offset)]);
            visited[Math.toIntExact(offset)] = true;
            boolean padding = false;
            for (int axis = 0; axis < index.length; axis++) {
                padding |= index[axis] >= extents[axis];
            }
            if (!padding) {
                inside++;
                boolean grouped = index.length == 5;
                long a = grouped ? index[0] * extents[1] + index[1] : index[0];
                int next = grouped ? 2 : 1;
                assertEquals(sample.offset(a, index[next], index[next + 1], index[next + 2]), offset);
            }
        }
        assertEquals(sample.type().elements(), inside);
    }

    /** A bias {@code [C, 1, 1]} against blocked images: the same channel for all places, one further for the next. */
    @Test
    void broadcastStridesFollowTheBlocks() {
        Physical space = Physical.of(Sample.CHANNEL_BLOCKS.layout());
        assertArrayEquals(new long[] {3, 2, 5, 7, 16}, space.dims());
        assertArrayEquals(new long[] {0, 16, 0, 0, 1}, space.broadcast(Shape.of(19, 1, 1), 4));
        assertArrayEquals(new long[] {0, 0, 0, 1, 0}, space.broadcast(Shape.of(7), 4));
        assertArrayEquals(new long[] {35, 0, 7, 1, 0}, space.broadcast(Shape.of(3, 1, 5, 7), 4));
        assertArrayEquals(new long[5], space.broadcast(Shape.scalar(), 4));
    }

    @Test
    void layoutsSayWhatTheyAre() {
        assertEquals("plain", Sample.PLAIN.layout().toString());
        assertEquals("channels last", Sample.CHANNELS_LAST.layout().toString());
        assertEquals("aBcd16b", Sample.CHANNEL_BLOCKS.layout().toString());
        assertEquals("ABcd16b16a", Sample.FILTER_BLOCKS.layout().toString());
        assertEquals("aBCde16c16b", Sample.GROUPED_FILTER_BLOCKS.layout().toString());
        for (Sample sample : Sample.values()) {
            assertEquals(sample == Sample.PLAIN, sample.layout().isPlain());
            assertEquals(sample.ordinal() >= Sample.CHANNEL_BLOCKS.ordinal(), sample.layout().isBlocked());
            assertEquals(sample.ordinal() >= Sample.CHANNEL_BLOCKS.ordinal(), sample.layout().hasPadding());
            assertTrue(sample.layout().plainAlike().isPlain());
        }
        TensorType even = TensorType.of(DType.FLOAT32, 1, 32, 2, 2);
        Layout whole = Layout.of(even, Layout.taggedDescriptor(scope, even.shape().toArray(), Dnnl.F32, Dnnl.TAG_ABCD16B), scope);
        assertTrue(whole.isBlocked());
        assertFalse(whole.hasPadding());
    }

    @Test
    void layoutsWithOneOrderInMemoryAreTheSame() {
        TensorType single = TensorType.of(DType.FLOAT32, 4, 1, 3, 5);
        assertTrue(Layout.channelsLast(single).isPlain(), "one channel");
        assertTrue(Layout.channelsLast(single).sameMemory(Layout.plain(single)));
        TensorType dot = TensorType.of(DType.FLOAT32, 4, 9, 1, 1);
        assertTrue(Layout.channelsLast(dot).sameMemory(Layout.plain(dot)), "one place");
        for (Sample a : Sample.values()) {
            for (Sample b : Sample.values()) {
                assertEquals(a == b, a.layout().sameMemory(b.layout()), a + " and " + b);
            }
        }
        Layout grouped = Sample.GROUPED_FILTER_BLOCKS.layout();
        assertTrue(grouped.plainAlike().sameMemory(Layout.plain(grouped.type())), "an axis for groups in front moves nothing");
        TensorType narrow = single.withDType(DType.BFLOAT16);
        assertFalse(Layout.plain(narrow).sameMemory(Layout.plain(single)), "another element type");
    }

    /** A filter that two convolutions use with other numbers of groups. */
    @Test
    void filtersMoveBetweenGroupedAndOtherBlocks() {
        Layout grouped = Sample.GROUPED_FILTER_BLOCKS.layout();
        TensorType type = grouped.type();
        Layout whole = Layout.of(type, Layout.taggedDescriptor(scope, type.shape().toArray(), Dnnl.F32, TAG_ABCD16B16A), scope);
        Tensor drawn = OneDnn.draw(3, type.shape().toArray());
        try (Pages row = memory(drawn); Pages a = poisoned(grouped.bytes()); Pages b = poisoned(whole.bytes());
                Pages back = poisoned(drawn.byteSize())) {
            backend.reorder(Layout.plain(type), row.address(), grouped, a.address());
            backend.reorder(grouped, a.address(), whole, b.address());
            backend.reorder(whole, b.address(), Layout.plain(type), back.address());
            assertArrayEquals(OneDnn.bytes(drawn), back.segment().toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** Rounds to the nearest bfloat16, also where groups add an axis. */
    @Test
    void reordersRoundToBfloat16() {
        for (Sample sample : new Sample[] {Sample.FILTER_BLOCKS, Sample.GROUPED_FILTER_BLOCKS}) {
            TensorType narrow = sample.type().withDType(DType.BFLOAT16);
            long[] dims = sample.layout().dims();
            int tag = dims.length == 5 ? TAG_ABCDE16C16B : TAG_ABCD16B16A;
            Layout layout = Layout.of(narrow, Layout.taggedDescriptor(scope, dims, Dnnl.BF16, tag), scope);
            Tensor drawn = OneDnn.draw(4, sample.dims);
            try (Pages row = memory(drawn); Pages blocked = poisoned(layout.bytes()); Pages back = poisoned(narrow.bytes())) {
                backend.reorder(Layout.plain(sample.type()), row.address(), layout, blocked.address());
                backend.reorder(layout, blocked.address(), layout.plainAlike(), back.address());
                assertArrayEquals(OneDnn.bytes(drawn.cast(DType.BFLOAT16)), back.segment().toArray(ValueLayout.JAVA_BYTE),
                        sample.toString());
            }
        }
    }
}
