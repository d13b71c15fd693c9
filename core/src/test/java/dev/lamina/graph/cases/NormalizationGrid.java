package dev.lamina.graph.cases;

import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Normalization.Lrn;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Batch and local response normalisation over channel counts on and off vector lengths. */
final class NormalizationGrid {
    private static final int[] CHANNELS = {1, 3, 7, 8, 16, 17, 32, 48};
    private static final int[] BATCHES = {1, 2, 5};
    private static final long[][] MAPS = {{}, {1, 1}, {2, 3}, {7, 7}};

    private enum After { NOTHING, RELU, ADD, ADD_RELU, TAPPED_RELU }

    private NormalizationGrid() { }

    static void add(CaseList list) {
        batchNorm(list);
        lrn(list);
    }

    private static void batchNorm(CaseList list) {
        int[] levels = {CHANNELS.length, BATCHES.length, MAPS.length, After.values().length, 2};
        for (int[] r : Pairs.cover(levels, 4, r -> r[4] == 1 || BATCHES[r[1]] * area(MAPS[r[2]]) >= 2)) {
            long c = CHANNELS[r[0]];
            long[] dims = dims(BATCHES[r[1]], c, MAPS[r[2]]);
            After after = After.values()[r[3]];
            boolean training = r[4] == 0;
            Draw positive = Draw.uniform(0.5, 2);
            List<Operand> operands = new ArrayList<>(List.of(Operand.of(Draw.halves(), dims), Operand.of(positive, c), Operand.any(c),
                    Operand.any(dims)));
            if (!training) {
                operands.addAll(List.of(Operand.any(c), Operand.of(positive, c)));
            }
            String name = "grid batchNorm " + (training ? "training " : "inference ") + Arrays.toString(dims) + ", " + after;
            list.add(name.toLowerCase(Locale.ROOT), true, 16 * dims[0] * area(MAPS[r[2]]), operands, (_, _, v) -> {
                if (training) {
                    Node node = Normalization.batchNormTraining(v.get(0), v.get(1), v.get(2), 1e-3);
                    List<Value> results = new ArrayList<>(after(after, node.output(0), v.get(3)));
                    results.add(Shaping.stopGradient(node.output(1)));
                    results.add(Shaping.stopGradient(node.output(2)));
                    return results;
                }
                return after(after, Normalization.batchNormInference(v.get(0), v.get(1), v.get(2), v.get(4), v.get(5), 1e-3), v.get(3));
            });
        }
    }

    private static List<Value> after(After after, Value y, Value other) {
        return switch (after) {
            case NOTHING -> List.of(y);
            case RELU -> List.of(Pointwise.relu(y));
            case ADD -> List.of(y.plus(other));
            case ADD_RELU -> List.of(Pointwise.relu(other.plus(y)));
            case TAPPED_RELU -> List.of(y, Pointwise.relu(y));
        };
    }

    private static void lrn(CaseList list) {
        int[] sizes = {1, 2, 3, 5, 8};
        double[] powers = {0.75, 0.5, 1};
        int[] levels = {sizes.length, CHANNELS.length, powers.length, 2, 3};
        for (int[] r : Pairs.cover(levels, 5, _ -> true)) {
            Lrn lrn = new Lrn(sizes[r[0]], 0.3, powers[r[2]], r[4] == 0 ? 1 : 2, r[3] == 1);
            long[] dims = dims(1 + r[4], CHANNELS[r[1]], MAPS[1 + r[4]]);
            list.smooth("grid lrn size " + lrn.size() + " power " + lrn.beta() + (lrn.alphaIsDivided() ? " divided " : " ")
                    + Arrays.toString(dims), lrn.size(), List.of(Operand.any(dims)), v -> Normalization.lrn(v.get(0), lrn));
        }
    }

    private static long area(long[] map) {
        return Arrays.stream(map).reduce(1, (a, b) -> a * b);
    }

    private static long[] dims(long n, long c, long[] map) {
        long[] dims = new long[2 + map.length];
        dims[0] = n;
        dims[1] = c;
        System.arraycopy(map, 0, dims, 2, map.length);
        return dims;
    }
}
