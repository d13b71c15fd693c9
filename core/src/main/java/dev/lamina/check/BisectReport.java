package dev.lamina.check;

import dev.lamina.backend.CompileOptions;
import java.util.List;
import java.util.Optional;

/**
 * What makes a side agree that does not.
 *
 * @param side label
 * @param trials in the order made; the first is the side as it was given
 */
public record BisectReport(String side, List<Trial> trials) {
    /** A copy of the list is kept. */
    public BisectReport {
        trials = List.copyOf(trials);
    }

    /**
     * A check under other options.
     *
     * @param change what was switched, for people, e.g. {@code without FUSION} or {@code precision float32}; {@code as given} first
     * @param options all options
     * @param agrees whether the side agreed then
     * @param firstDivergent name of the first node that failed; empty if none did
     */
    public record Trial(String change, CompileOptions options, boolean agrees, String firstDivergent) {
    }

    /** The first switch that alone makes the side agree; empty if none does, or nothing diverged in the first place. */
    public Optional<Trial> culprit() {
        return trials.getFirst().agrees() ? Optional.empty() : trials.stream().skip(1).filter(Trial::agrees).findFirst();
    }
}
