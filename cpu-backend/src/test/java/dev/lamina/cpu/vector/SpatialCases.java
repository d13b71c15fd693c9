package dev.lamina.cpu.vector;

import dev.lamina.graph.Rounding;
import dev.lamina.graph.Window;
import java.util.ArrayList;
import java.util.List;

/** Windows, those of the shared op cases and more, and images in every order. */
final class SpatialCases {
    static final List<Window> WINDOWS = List.of(Window.of(1), Window.of(2).stride(2), Window.of(3).stride(2), Window.of(3),
            Window.of(3).padding(1), Window.of(2, 3).stride(2, 1), Window.of(2).stride(3), Window.of(3).stride(2).padding(1, 0, 0, 1),
            Window.of(3).stride(2).rounding(Rounding.CEIL), Window.of(3).stride(2).padding(1).rounding(Rounding.CEIL),
            Window.of(2).stride(2).padding(1).rounding(Rounding.CEIL), Window.of(2).dilation(2),
            Window.of(3).dilation(2).stride(2).padding(1), Window.of(2).dilation(3).stride(2),
            Window.of(2).dilation(2).stride(3).padding(1), Window.of(5).padding(2), Window.of(4, 1).stride(1, 2).padding(2, 0));

    static final long[][] POOLED = {{2, 3, 7, 6}, {1, 1, 5, 5}, {1, 6, 6, 7}, {2, 16, 5, 6}, {1, 17, 7, 5}, {1, 32, 5, 5}, {1, 48, 6, 5}};

    private SpatialCases() { }

    static List<Images> images(long[][] shapes) {
        List<Images> all = new ArrayList<>();
        for (long[] shape : shapes) {
            for (Images.Order order : Images.Order.values()) {
                all.add(new Images(shape[0], shape[1], shape[2], shape[3], order));
            }
        }
        return all;
    }
}
