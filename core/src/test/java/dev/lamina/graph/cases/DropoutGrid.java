package dev.lamina.graph.cases;

import dev.lamina.graph.Convolution;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Random;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import java.util.Arrays;
import java.util.List;

/** Dropout whose mask is an output, so that it is compared bit for bit, of values in any layout. */
final class DropoutGrid {
    private DropoutGrid() { }

    static void add(CaseList list) {
        Draw positive = Draw.uniform(0.5, 2);
        for (double p : new double[] {0.1, 0.5, 0.75}) {
            for (long[] dims : new long[][] {{1}, {4099}, {7, 33}, {2, 17, 3, 5}, {0, 3}}) {
                list.add("dropout " + p + " of " + Arrays.toString(dims), true, 1, List.of(Operand.of(positive, dims)),
                        (_, _, v) -> masked(Random.dropout(v.get(0), p)));
            }
            for (long channels : new long[] {1, 3, 8, 16, 17, 48}) {
                List<Operand> operands = List.of(Operand.of(positive, 2, 3, 4, 5), Operand.of(positive, channels, 3, 1, 1));
                list.add("dropout " + p + " of a convolution with " + channels + " filters", true, 3 + 40 + channels, operands,
                        (_, _, v) -> masked(Random.dropout(Convolution.conv2d(v.get(0), v.get(1), Window.of(1), 1), p)));
                list.add("dropout " + p + " of rows of a convolution with " + channels + " filters", true, 3 + 40 + channels, operands,
                        (_, _, v) -> masked(Random.dropout(Shaping.flatten(Pointwise.relu(
                                Convolution.conv2d(v.get(0), v.get(1), Window.of(1), 1))), p)));
            }
        }
        list.add("dropout beside other random numbers", true, 1, List.of(Operand.of(positive, 6, 7)), (g, f, v) -> {
            Value coin = Random.bernoulli(g, new TensorType(f, v.get(0).shape()), 0.25);
            Value first = Random.dropout(v.get(0), 0.5);
            Value second = Random.dropout(v.get(0), 0.5);
            return List.of(Pointwise.isPositive(first), Pointwise.isPositive(second), coin, first.plus(second).times(coin));
        });
    }

    private static List<Value> masked(Value y) {
        return List.of(y, Pointwise.compare(Pointwise.Comparison.NOT_EQUAL, y, Source.scalarLike(y, 0)));
    }
}
