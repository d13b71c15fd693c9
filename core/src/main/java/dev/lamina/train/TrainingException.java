package dev.lamina.train;

/** Training cannot go on, or a run cannot be started or resumed as asked; the message says why and what to do. */
public final class TrainingException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** An error with a message for people. */
    public TrainingException(String message) {
        super(message);
    }

    /** An error with a message for people and its cause. */
    public TrainingException(String message, Throwable cause) {
        super(message, cause);
    }
}
