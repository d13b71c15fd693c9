package dev.lamina.check;

/** Hears how far a check has come. */
@FunctionalInterface
public interface CheckListener {
    /**
     * A side has been judged for a step.
     *
     * @param done how many of these are done
     * @param total how many there are
     */
    void done(int done, int total);
}
