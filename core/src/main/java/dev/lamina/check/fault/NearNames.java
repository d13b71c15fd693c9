package dev.lamina.check.fault;

import java.util.Comparator;
import java.util.List;

/** Names that a mistyped one may have meant. */
final class NearNames {
    private static final int MOST = 5;

    private NearNames() { }

    /** Of these names the few that fewest changes of a letter lead to. */
    static List<String> of(String typed, List<String> names) {
        return names.stream().distinct().sorted(Comparator.comparingInt(name -> distance(typed, name))).limit(MOST).toList();
    }

    /** Levenshtein's distance: how many letters must be put in, left out or replaced. */
    private static int distance(String a, String b) {
        int[] before = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            before[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = before[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(before[j], row[j - 1]));
            }
            before = row;
        }
        return before[b.length()];
    }
}
