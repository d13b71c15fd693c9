package dev.lamina.data;

import java.io.IOException;

/** A data set that is missing, cannot be fetched or does not hold what it should. The message says what, where and the way out. */
public final class DataException extends IOException {
    private static final long serialVersionUID = 1;

    /** With a message for the user. */
    public DataException(String message) {
        super(message);
    }

    /** With a message for the user and the failure behind it. */
    public DataException(String message, Throwable cause) {
        super(message, cause);
    }
}
