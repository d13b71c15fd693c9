package dev.lamina.io;

import java.io.IOException;
import java.nio.file.Path;

/** A file that breaks its format's rules. The message names the file, the fact, the rule and, where there is one, the way out. */
public final class CorruptFileException extends IOException {
    private static final long serialVersionUID = 1;

    /** An error with its full text, for formats that are not one plain file. */
    public CorruptFileException(String message) {
        super(message);
    }

    /** An error with its full text and its cause. */
    public CorruptFileException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The error {@code file: message}. */
    public CorruptFileException(Path file, String message) {
        super(file.getFileName() + ": " + message);
    }

    /** The error {@code file: message} with its cause. */
    public CorruptFileException(Path file, String message, Throwable cause) {
        super(file.getFileName() + ": " + message, cause);
    }
}
