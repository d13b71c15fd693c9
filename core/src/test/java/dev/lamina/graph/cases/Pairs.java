package dev.lamina.graph.cases;

import dev.lamina.tensor.Philox;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Covering sets: rows of levels, one level a factor, in which every pair of levels of two factors occurs at least once. Most faults of
 * attribute combinations need one or two attributes, and a covering set is hundreds of times smaller than the product.
 */
final class Pairs {
    private static final int COMPLETIONS = 40;
    private static final int ATTEMPTS = 400;

    private record Pair(int factor, int level, int otherFactor, int otherLevel) {
    }

    private final int[] levels;
    private final Predicate<int[]> legal;
    private final Philox.Stream random;
    private final Set<Pair> missing = new HashSet<>();

    private Pairs(int[] levels, long seed, Predicate<int[]> legal) {
        this.levels = levels;
        this.legal = legal;
        this.random = new Philox.Stream(seed, 0, 0);
    }

    /**
     * A covering set, the same for the same arguments. A pair for which no legal row is found among many drawn is left out.
     *
     * @param levels number of levels of each factor
     * @param legal whether a row may be used
     */
    static List<int[]> cover(int[] levels, long seed, Predicate<int[]> legal) {
        return new Pairs(levels, seed, legal).rows();
    }

    private List<int[]> rows() {
        List<Pair> all = new ArrayList<>();
        for (int i = 0; i < levels.length; i++) {
            for (int j = i + 1; j < levels.length; j++) {
                for (int a = 0; a < levels[i]; a++) {
                    for (int b = 0; b < levels[j]; b++) {
                        all.add(new Pair(i, a, j, b));
                    }
                }
            }
        }
        missing.addAll(all);
        List<int[]> rows = new ArrayList<>();
        for (Pair pair : all) {
            if (missing.contains(pair)) {
                int[] row = best(pair);
                if (row != null) {
                    missing.removeAll(pairs(row));
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    /** Of many legal rows with the pair the one that covers most; null if none was found. */
    private int[] best(Pair pair) {
        int[] best = null;
        int most = 0;
        int found = 0;
        for (int attempt = 0; attempt < ATTEMPTS && found < COMPLETIONS; attempt++) {
            int[] row = new int[levels.length];
            for (int i = 0; i < row.length; i++) {
                row[i] = random.nextInt(levels[i]);
            }
            row[pair.factor] = pair.level;
            row[pair.otherFactor] = pair.otherLevel;
            if (legal.test(row)) {
                found++;
                int covered = (int) pairs(row).stream().filter(missing::contains).count();
                if (covered > most) {
                    most = covered;
                    best = row;
                }
            }
        }
        return best;
    }

    private List<Pair> pairs(int[] row) {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < row.length; i++) {
            for (int j = i + 1; j < row.length; j++) {
                pairs.add(new Pair(i, row[i], j, row[j]));
            }
        }
        return pairs;
    }
}
