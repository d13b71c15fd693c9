package dev.lamina.data;

import dev.lamina.tensor.Philox;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Splits samples into two parts, class by class. Stateless and thread-safe. */
public final class HoldOut {
    private HoldOut() { }

    /**
     * Holds out a share of each class, drawn by the seed: of {@code n} samples {@code round(share n)}, at least 1 and at most
     * {@code n - 1}. Both parts keep the order of the samples.
     *
     * @param share in (0, 1)
     * @return the samples left to learn from, and those held out
     * @throws IllegalArgumentException if the share is out of range, or a class has fewer than two samples
     */
    public static Split of(Dataset data, double share, long seed) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("data \"" + data.name() + "\": a share of " + share
                    + " cannot be held out, needs 0 < share < 1.");
        }
        boolean[] out = new boolean[data.size()];
        for (int label = 0; label < data.classNames().size(); label++) {
            int wanted = label;
            int[] members = IntStream.range(0, data.size()).filter(i -> data.label(i) == wanted).toArray();
            if (members.length == 1) {
                throw new IllegalArgumentException("data \"" + data.name() + "\": class \"" + data.classNames().get(label)
                        + "\" has 1 sample, a part to learn from and a part to judge by need 2. Add one, or leave the class out.");
            }
            int count = Math.clamp(Math.round(share * members.length), 1, Math.max(1, members.length - 1));
            int[] order = new Philox.Stream(DataStreams.key(seed, DataStreams.HOLD_OUT), 0, label).permutation(members.length);
            Arrays.stream(order).limit(count).forEach(i -> out[members[i]] = true);
        }
        return new Split(data.subset(IntStream.range(0, data.size()).filter(i -> !out[i]).toArray()),
                data.subset(IntStream.range(0, data.size()).filter(i -> out[i]).toArray()));
    }
}
