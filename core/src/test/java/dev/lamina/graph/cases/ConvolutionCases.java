package dev.lamina.graph.cases;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;

/** Convolutions and the two ops of their gradients. */
final class ConvolutionCases {

    /** Input {@code [n, c, h, w]}, k filters, window, groups. */
    private record Setup(String name, long n, long c, long h, long w, long k, Window window, long groups) {
        Shape input() {
            return Shape.of(n, c, h, w);
        }

        Shape filter() {
            return Shape.of(k, c / groups, window.h().kernel(), window.w().kernel());
        }

        long reduction() {
            return c / groups * window.h().kernel() * window.w().kernel() + n * h * w;
        }
    }

    private static final List<Setup> SETUPS = List.of(
            new Setup("1x1", 2, 3, 4, 5, 2, Window.of(1), 1),
            new Setup("single pixel", 1, 1, 1, 1, 1, Window.of(1), 1),
            new Setup("3x3", 2, 3, 5, 7, 4, Window.of(3), 1),
            new Setup("3x3 same", 1, 5, 6, 5, 3, Window.of(3).padding(1), 1),
            new Setup("5x5 same batch 3", 3, 2, 5, 5, 3, Window.of(5).padding(2), 1),
            new Setup("kernel as large as input", 2, 3, 4, 3, 5, Window.of(4, 3), 1),
            new Setup("kernel 1x3", 1, 2, 4, 6, 3, Window.of(1, 3), 1),
            new Setup("kernel 3x1 padded along h", 1, 2, 4, 3, 3, Window.of(3, 1).padding(1, 0), 1),
            new Setup("kernel 2x3", 2, 2, 5, 6, 3, Window.of(2, 3), 1),
            new Setup("even kernel", 1, 3, 6, 6, 2, Window.of(2).stride(2), 1),
            new Setup("stride 2", 2, 3, 7, 7, 4, Window.of(3).stride(2), 1),
            new Setup("stride 2 drops a border", 1, 2, 8, 6, 3, Window.of(3).stride(2), 1),
            new Setup("stride 2 padded", 1, 3, 8, 7, 4, Window.of(3).stride(2).padding(1), 1),
            new Setup("stride 3x1", 1, 2, 7, 5, 3, Window.of(3, 2).stride(3, 1), 1),
            new Setup("stride larger than kernel", 1, 2, 9, 8, 3, Window.of(2).stride(3), 1),
            new Setup("1x1 stride 2", 2, 3, 5, 6, 2, Window.of(1).stride(2), 1),
            new Setup("asymmetric padding", 1, 2, 4, 5, 3, Window.of(3).padding(0, 1, 2, 0), 1),
            new Setup("asymmetric padding stride 2", 2, 2, 5, 4, 3, Window.of(3).stride(2).padding(1, 0, 0, 2), 1),
            new Setup("same upper", 1, 2, 6, 7, 2, Window.of(3).stride(2).same(6, 7), 1),
            new Setup("padding beyond kernel", 1, 1, 3, 3, 2, Window.of(2).padding(3), 1),
            new Setup("dilation 2", 1, 2, 7, 8, 3, Window.of(3).dilation(2), 1),
            new Setup("dilation 2 padded", 1, 3, 5, 5, 2, Window.of(3).dilation(2).padding(2), 1),
            new Setup("dilation 3x1 stride 2", 1, 2, 9, 6, 3, Window.of(3, 2).dilation(3, 1).stride(2), 1),
            new Setup("ceil", 1, 2, 8, 6, 3, Window.of(3).stride(2).rounding(Rounding.CEIL), 1),
            new Setup("ceil stride 3 padded", 1, 2, 7, 8, 2, Window.of(3).stride(3).padding(1).rounding(Rounding.CEIL), 1),
            new Setup("ceil dilated", 1, 2, 8, 8, 2, Window.of(2).stride(3).dilation(2).rounding(Rounding.CEIL), 1),
            new Setup("exact", 1, 2, 7, 9, 3, Window.of(3).stride(2).rounding(Rounding.EXACT), 1),
            new Setup("2 groups", 2, 4, 5, 5, 6, Window.of(3).padding(1), 2),
            new Setup("3 groups stride 2", 1, 9, 6, 5, 6, Window.of(3).stride(2).padding(1), 3),
            new Setup("depthwise", 2, 5, 5, 4, 5, Window.of(3).padding(1), 5),
            new Setup("depthwise multiplier 2", 1, 3, 4, 5, 6, Window.of(2), 3),
            new Setup("depthwise dilated", 1, 3, 6, 6, 3, Window.of(3).dilation(2).padding(2), 3),
            new Setup("1x1 groups", 1, 6, 3, 3, 4, Window.of(1), 2),
            new Setup("17 channels 13 filters", 1, 17, 3, 4, 13, Window.of(3).padding(1), 1),
            new Setup("empty batch", 0, 2, 4, 4, 3, Window.of(3), 1),
            new Setup("only padding seen by corners", 1, 1, 2, 2, 1, Window.of(3).stride(3).padding(3), 1),
            new Setup("wide", 1, 1, 1, 33, 2, Window.of(1, 7).stride(1, 3), 1),
            new Setup("tall", 1, 1, 31, 1, 2, Window.of(7, 1).stride(4, 1).padding(3, 0), 1));

    private ConvolutionCases() { }

    static void add(CaseList list) {
        for (Setup s : SETUPS) {
            Operand x = Operand.any(s.input().toArray());
            Operand w = Operand.any(s.filter().toArray());
            list.smooth("conv2d " + s.name, s.reduction(), List.of(x, w),
                    v -> Convolution.conv2d(v.get(0), v.get(1), s.window, s.groups));
            list.smooth("conv2d with bias " + s.name, s.reduction(), List.of(x, w, Operand.any(s.k)),
                    v -> Convolution.conv2d(v.get(0), v.get(1), v.get(2), s.window, s.groups));
            Shape y = output(s);
            list.smooth("conv2dDataGradient " + s.name, s.reduction() + s.k, List.of(Operand.any(y.toArray()), w),
                    v -> Convolution.dataGradient(v.get(0), v.get(1), s.window, s.groups, s.input()));
            list.smooth("conv2dFilterGradient " + s.name, s.reduction() + s.k, List.of(x, Operand.any(y.toArray())),
                    v -> Convolution.filterGradient(v.get(0), v.get(1), s.window, s.groups, s.filter()));
        }
        list.smooth("true convolution", 30, List.of(Operand.any(2, 2, 5, 4), Operand.any(3, 2, 3, 2)),
                v -> Convolution.trueConv2d(v.get(0), v.get(1), Window.of(3, 2).padding(1), 1));
        list.smooth("slice and border of a grouped filter's gradient", 120, List.of(Operand.any(2, 4, 5, 5),
                Operand.any(2, 6, 5, 5)), v -> {
            Value gradient = Convolution.filterGradient(v.get(0), v.get(1), Window.of(3).padding(1), 2, Shape.of(6, 2, 3, 3));
            return Shaping.slice(gradient, 3, 1, 3).plus(Shaping.slice(Shaping.pad(gradient, List.of(0L, 1L, 0L, 2L),
                    List.of(0L, 0L, 0L, 0L), 0.5), List.of(0L, 0L, 0L, 1L), List.of(6L, 2L, 3L, 3L), List.of(1L, 1L, 1L, 1L)));
        });
        list.smooth("two convolutions with one filter", 60, List.of(Operand.any(1, 2, 6, 6), Operand.any(2, 2, 3, 3)), v -> {
            Window window = Window.of(3).padding(1);
            return Convolution.conv2d(Convolution.conv2d(v.get(0), v.get(1), window, 1), v.get(1), window, 1);
        });
    }

    private static Shape output(Setup s) {
        GraphBuilder scratch = new GraphBuilder();
        return Convolution.conv2d(scratch.input("x", new TensorType(DType.FLOAT64, s.input())),
                scratch.input("w", new TensorType(DType.FLOAT64, s.filter())), s.window, s.groups).shape();
    }
}
