package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Images;
import dev.lamina.cpu.vector.Images.Order;
import dev.lamina.cpu.vector.Pointer;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Arrays;

/** Where images are, as vector kernels see them. Values of other ranks are images too: {@code [N, C]} has maps of one place. */
record ImagePlace(Place place, Images images) {

    /** A value in its own layout, or with channels last if kernels do not know that. */
    static ImagePlace of(Assembly assembly, Value value, String reason) {
        Place own = assembly.any(value);
        if (order(own.layout()) != null) {
            return of(own, value.type());
        }
        return of(assembly.in(value, Layout.channelsLast(value.type()), reason), value.type());
    }

    /** A place in a layout that kernels know. */
    static ImagePlace of(Place place, TensorType type) {
        return new ImagePlace(place, images(type, order(place.layout())));
    }

    private static Images images(TensorType type, Order order) {
        Shape s = type.shape();
        long rows = s.rank() == 4 ? s.dim(2) : 1;
        long columns = s.rank() == 4 ? s.dim(3) : s.rank() == 2 ? 1 : type.elements() / (s.dim(0) * s.dim(1));
        return new Images(s.dim(0), s.dim(1), rows, columns, order);
    }

    /** The order of a layout, or null if kernels do not know it. */
    private static Order order(Layout layout) {
        Shape shape = layout.type().shape();
        if (layout.isPlain()) {
            return shape.rank() == 2 ? Order.CHANNELS_LAST : Order.PLAIN;
        }
        if (shape.rank() != 4) {
            return null;
        }
        if (!layout.isBlocked()) {
            return layout.sameOrder(Layout.channelsLast(layout.type())) ? Order.CHANNELS_LAST : null;
        }
        int[] blocks = layout.blocks();
        boolean channels = blocks.length == 1 && layout.blockAxes()[0] == 1 && (blocks[0] == 16 || blocks[0] == 8);
        long[] padded = layout.padded();
        long[] strides = {padded[1] * padded[2] * padded[3], padded[2] * padded[3] * (channels ? blocks[0] : 1), 0, 0};
        strides[2] = padded[3] * (channels ? blocks[0] : 1);
        strides[3] = channels ? blocks[0] : 1;
        return !channels || !Arrays.equals(strides, layout.strides()) ? null : blocks[0] == 16 ? Order.BLOCKED_16 : Order.BLOCKED_8;
    }

    Pointer pointer() {
        return place.pointer();
    }

    /** Images of another type in the same order. */
    Images imagesOf(TensorType type) {
        return images(type, images.order());
    }

    /** The layout of a value of this type in the same order. */
    Layout layoutFor(TensorType type, NativeScope scope) {
        return switch (images.order()) {
            case PLAIN -> Layout.plain(type);
            case CHANNELS_LAST -> type.shape().rank() == 4 ? Layout.channelsLast(type) : Layout.plain(type);
            case BLOCKED_8 -> blocked(type, Dnnl.TAG_ABCD8B, scope);
            case BLOCKED_16 -> blocked(type, Dnnl.TAG_ABCD16B, scope);
        };
    }

    private static Layout blocked(TensorType type, int tag, NativeScope scope) {
        int dtype = type.dtype() == DType.INT32 ? Dnnl.S32 : Dnnl.F32;
        return Layout.of(type, Layout.taggedDescriptor(scope, type.shape().toArray(), dtype, tag), scope);
    }
}
