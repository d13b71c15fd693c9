package dev.lamina.check;

/** What a check says of a node. */
public enum Verdict {
    /** Every element is within the tolerance. */
    AGREES("agrees", false),
    /** An element is further off than the tolerance allows. */
    DIVERGES("diverges", true),
    /** NaN or an infinity where there should be none, or none where there should be one. */
    NOT_FINITE("NaN or infinity", true),
    /** An element was not written: it holds what lay in memory before the run. */
    UNWRITTEN("unwritten", true),
    /** Two runs with equal inputs gave different bits, though determinism was required, or more apart than the tolerance. */
    VARIES("varies", true),
    /** Nothing can be said: the value is not kept, or rests on a decision inside a fused group. */
    NOT_JUDGED("not judged", false);

    private final String label;
    private final boolean failed;

    Verdict(String label, boolean failed) {
        this.label = label;
        this.failed = failed;
    }

    /** As reports print it. */
    public String label() {
        return label;
    }

    /** Whether this makes a check fail. */
    public boolean failed() {
        return failed;
    }
}
