package dev.lamina.rbm;

import java.util.List;

/**
 * What training came to. Immutable.
 *
 * @param finished whether all epochs are done; else a stop was requested
 * @param history one entry a complete epoch, those before a resumption included
 * @param steps steps done in all
 * @param parameters the machine with its numbers
 */
public record RbmResult(boolean finished, List<RbmEpoch> history, long steps, RbmParameters parameters) {
    /** A result that copies the list. */
    public RbmResult {
        history = List.copyOf(history);
    }
}
