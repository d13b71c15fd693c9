package dev.lamina.graph.cases;

import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Normalization.Lrn;
import java.util.Arrays;
import java.util.List;

/** Batch and local response normalisation. */
final class NormalizationCases {
    private NormalizationCases() { }

    static void add(CaseList list) {
        Draw positive = Draw.uniform(0.5, 2);
        for (long[] dims : new long[][] {{4, 3}, {2, 3, 5, 4}, {1, 2, 3, 1}, {7, 1}, {3, 17, 2}, {2, 5, 1, 1}}) {
            String at = " of " + Arrays.toString(dims);
            long c = dims[1];
            long values = Arrays.stream(dims).reduce(1, (p, q) -> p * q) / c;
            List<Operand> operands = List.of(Operand.of(Draw.distinct(), dims), Operand.of(positive, c), Operand.any(c));
            list.smooth("batchNorm" + at, 16 * values, operands,
                    v -> Normalization.batchNormTraining(v.get(0), v.get(1), v.get(2), 1e-3).output(0));
            list.add("batchNorm statistics" + at, false, values, operands, (_, _, v) -> {
                Node node = Normalization.batchNormTraining(v.get(0), v.get(1), v.get(2), 1e-5);
                return List.of(node.output(1), node.output(2));
            });
            list.smooth("batchNormInference" + at, values, List.of(Operand.any(dims), Operand.of(positive, c), Operand.any(c),
                    Operand.any(c), Operand.of(positive, c)),
                    v -> Normalization.batchNormInference(v.get(0), v.get(1), v.get(2), v.get(3), v.get(4), 1e-5));
        }
        list.smooth("batchNormInference of nothing", 1, List.of(Operand.any(0, 3, 2), Operand.of(positive, 3), Operand.any(3),
                Operand.any(3), Operand.of(positive, 3)),
                v -> Normalization.batchNormInference(v.get(0), v.get(1), v.get(2), v.get(3), v.get(4), 1e-5));
        List<Lrn> attributes = List.of(new Lrn(5, 1e-4, 0.75, 2, false), new Lrn(5, 0.3, 0.75, 1, true), new Lrn(4, 0.5, 0.5, 1, true),
                new Lrn(1, 0.7, 1, 1.5, false), new Lrn(3, 0.2, 0.75, 1, false), new Lrn(9, 1, 0.75, 2, true));
        for (Lrn lrn : attributes) {
            for (long[] dims : new long[][] {{2, 7, 2, 3}, {1, 1, 1, 1}, {0, 3, 2, 2}, {1, 2, 3, 3}}) {
                list.smooth("lrn size " + lrn.size() + " alpha " + lrn.alpha() + " of " + Arrays.toString(dims), lrn.size(),
                        List.of(Operand.any(dims)), v -> Normalization.lrn(v.get(0), lrn));
            }
        }
    }
}
