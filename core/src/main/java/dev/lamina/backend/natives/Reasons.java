package dev.lamina.backend.natives;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The words of an input or output error. Those of some file errors are a bare path. */
public final class Reasons {
    private Reasons() { }

    /** What went wrong, with the file's name where Java knows it. */
    public static String of(IOException e) {
        String file = e instanceof FileSystemException f && f.getFile() != null ? f.getFile() : "";
        if (e instanceof NoSuchFileException) {
            return file + " does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return "access to " + file + " is denied";
        }
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return text.equals(file) ? text + " (" + e.getClass().getSimpleName() + ")" : text;
    }
}
