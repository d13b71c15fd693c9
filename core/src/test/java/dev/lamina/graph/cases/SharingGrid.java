package dev.lamina.graph.cases;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import java.util.List;
import java.util.stream.Stream;

/** Values with several readers, values that are outputs and read, one value as both operands, and empty batches. */
final class SharingGrid {
    private static final Window SAME = Window.of(3).padding(1);

    private SharingGrid() { }

    static void add(CaseList list) {
        for (int channels : new int[] {1, 8, 17}) {
            readers(list, channels);
            taps(list, channels);
        }
        bothOperands(list);
        overwriting(list);
        emptyBatches(list);
        sameTwice(list);
    }

    private static Operand image(long n, long c) {
        return Operand.of(Draw.sixteenths(32), n, c, 6, 5);
    }

    private static Operand filter(long k, long c, long kernel) {
        return Operand.of(Draw.sixteenths(8), k, c, kernel, kernel);
    }

    /** One convolution's result read as an image, as rows, as numbers a channel, by a pooling and by two more convolutions. */
    private static void readers(CaseList list, int c) {
        list.add("sharing readers of one value with " + c + " channels", true, 600, List.of(image(2, 3), filter(c, 3, 3), filter(16, c, 3),
                filter(4, c, 1), Operand.of(Draw.sixteenths(8), 10, 30L * c)), (_, _, v) -> {
            Value y = Convolution.conv2d(v.get(0), v.get(1), SAME, 1);
            return List.of(Convolution.conv2d(y, v.get(2), SAME, 1), Convolution.conv2d(y, v.get(3), Window.of(1).stride(2), 1),
                    Pooling.maxPool(y, Window.of(2).stride(2)), MatMul.matmul(Shaping.flatten(y), v.get(4), false, true),
                    Reduction.mean(y, 0, 2, 3), Shaping.transpose(y, 0, 2, 3, 1), Pointwise.relu(y));
        });
    }

    /** Every stage of a stack is an output. */
    private static void taps(CaseList list, int c) {
        list.add("sharing taps on a stack with " + c + " channels", true, 600, List.of(image(2, 3), filter(c, 3, 3), Operand.of(
                Draw.sixteenths(8), c), filter(c, c, 3)), (_, _, v) -> {
            Value a = Convolution.conv2d(v.get(0), v.get(1), v.get(2), SAME, 1);
            Value b = Pointwise.relu(a);
            Value d = Convolution.conv2d(b, v.get(3), SAME, 1);
            Value e = d.plus(b);
            Value f = Pointwise.relu(e);
            return List.of(a, b, d, e, f, Pooling.maxPool(f, Window.of(2).stride(2)), v.get(0), v.get(1));
        });
    }

    private static void bothOperands(CaseList list) {
        Operand x = image(4, 4);
        list.smooth("sharing x + x of a convolution", 100, List.of(x, filter(8, 4, 3)), v -> {
            Value y = Convolution.conv2d(v.get(0), v.get(1), SAME, 1);
            return Pointwise.add(y, y);
        });
        list.smooth("sharing x * x and x - x of a convolution", 300, List.of(x, filter(8, 4, 3)), v -> {
            Value y = Convolution.conv2d(v.get(0), v.get(1), SAME, 1);
            return y.times(y).plus(y.minus(y));
        });
        list.smooth("sharing image as its own filter", 400, List.of(Operand.any(4, 4, 3, 3)),
                v -> Convolution.conv2d(v.get(0), v.get(0), SAME, 1));
        list.smooth("sharing matrix by itself", 100, List.of(Operand.any(17, 17)), v -> MatMul.matmul(v.get(0), v.get(0)));
        list.smooth("sharing filter of two convolutions and a sum", 400, List.of(x, filter(4, 4, 3)), v -> {
            Value y = Convolution.conv2d(v.get(0), v.get(1), SAME, 1);
            return Convolution.conv2d(y, v.get(1), SAME, 1).plus(Reduction.sum(v.get(1)));
        });
        list.smooth("sharing bias as gamma", 600, List.of(x, filter(8, 4, 3), Operand.of(Draw.uniform(0.5, 1), 8)), v -> {
            Value y = Convolution.conv2d(v.get(0), v.get(1), v.get(2), SAME, 1);
            return Normalization.batchNormTraining(y, v.get(2), v.get(2), 1e-3).output(0);
        });
        list.smooth("sharing residual that is the convolution's input", 100, List.of(x, filter(4, 4, 3)),
                v -> Pointwise.relu(Convolution.conv2d(v.get(0), v.get(1), SAME, 1).plus(v.get(0))));
        list.smooth("sharing residual that is the same convolution", 100, List.of(x, filter(4, 4, 3)), v -> {
            Value y = Convolution.conv2d(v.get(0), v.get(1), SAME, 1);
            return Pointwise.relu(y).plus(y);
        });
    }

    /** Readers before and after a value that could be overwritten. */
    private static void overwriting(CaseList list) {
        list.add("sharing read after relu in place", true, 50, List.of(Operand.of(Draw.sixteenths(32), 9, 17)), (_, _, v) -> {
            Value y = v.get(0).times(0.5);
            Value r = Pointwise.relu(y);
            return List.of(r, r.times(y), Pointwise.tanh(r), Shaping.transpose(y, 1, 0));
        });
        list.add("sharing views read beside changes", true, 50, List.of(Operand.any(6, 8)), (_, _, v) -> {
            Value y = Pointwise.exp(v.get(0));
            Value view = Shaping.reshape(y, dev.lamina.tensor.Shape.of(8, 6));
            Value changed = Pointwise.square(view);
            return List.of(y, changed, Shaping.reshape(changed, dev.lamina.tensor.Shape.of(48)), Softmax.softmax(view, 0));
        });
        list.add("sharing input that is an output", true, 1, List.of(Operand.any(5, 3)),
                (_, _, v) -> List.of(v.get(0), Pointwise.relu(v.get(0).plus(0.01)), v.get(0)));
    }

    private static void emptyBatches(CaseList list) {
        Operand x = image(0, 8);
        list.smooth("sharing empty batch through a stack", 100, List.of(x, filter(16, 8, 3), Operand.any(16), Operand.any(4, 96)), v -> {
            Value y = Pointwise.relu(Convolution.conv2d(v.get(0), v.get(1), v.get(2), SAME, 1));
            return MatMul.matmul(Shaping.flatten(Pooling.maxPool(y, Window.of(2).stride(2))), v.get(3), false, true);
        });
        list.smooth("sharing empty lrn and average", 10, List.of(x), v -> Pooling.globalAvgPool(
                Normalization.lrn(v.get(0), new Normalization.Lrn(5, 0.5, 0.75, 2, true))));
        list.smooth("sharing empty concat with images", 100, List.of(x, image(2, 8), filter(4, 8, 3)),
                v -> Convolution.conv2d(Shaping.concat(0, v.get(0), v.get(1)), v.get(2), SAME, 1));
        list.smooth("sharing inner extent of nothing", 10, List.of(Operand.any(3, 0), Operand.any(0, 4), Operand.any(4)),
                v -> v.get(0).graph().add(new MatMul(false, false), v.get(0), v.get(1), v.get(2)));
    }

    /** Equal subexpressions, which a pass may merge. */
    private static void sameTwice(CaseList list) {
        list.add("sharing equal convolutions", true, 300, List.of(image(2, 4), filter(8, 4, 3)), (_, _, v) -> {
            List<Value> twins = Stream.of(1, 2).map(_ -> Pointwise.relu(Convolution.conv2d(v.get(0), v.get(1), SAME, 1))).toList();
            return List.of(twins.get(0), twins.get(1).times(2), twins.get(0).plus(twins.get(1)));
        });
    }
}
