package dev.lamina.samples.cli;

import dev.lamina.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model takes an image for. Immutable.
 *
 * @param probabilities in label order
 */
record Ranking(Path file, List<Double> probabilities) {
    /** The mean of the rows of {@code [views, K]}. */
    static Ranking of(Path file, Tensor views) {
        int rows = Math.toIntExact(views.shape().dim(0));
        double[] mean = new double[Math.toIntExact(views.shape().dim(1))];
        for (int v = 0; v < rows; v++) {
            for (int k = 0; k < mean.length; k++) {
                mean[k] += views.get(v, k) / rows;
            }
        }
        if (Arrays.stream(mean).anyMatch(Double::isNaN)) {
            throw new ArithmeticException("predict: " + file + ": the model gives NaN. The weights are damaged, or training diverged.");
        }
        return new Ranking(file, Arrays.stream(mean).boxed().toList());
    }

    /** The classes of the greatest probabilities, greatest first, at ties the smaller number. */
    List<Integer> best(int most) {
        return IntStream.range(0, probabilities.size()).boxed()
                .sorted(Comparator.comparing((Integer k) -> -probabilities.get(k))).limit(most).toList();
    }
}
