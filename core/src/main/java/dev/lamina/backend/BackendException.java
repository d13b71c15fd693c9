package dev.lamina.backend;

/** The environment does not allow what was asked: a library, device, version or memory is missing. Carries a way out. */
public class BackendException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String hint;

    /**
     * An error with a way out.
     *
     * @param fact what is wrong, with the numbers
     * @param hint what to do about it
     */
    public BackendException(String fact, String hint) {
        super(hint.isEmpty() ? fact : fact + " " + hint);
        this.hint = hint;
    }

    /** What to do about it. */
    public String hint() {
        return hint;
    }
}
