package dev.lamina.cuda.libraries;

import java.nio.file.Path;

/**
 * A file that may be loaded.
 *
 * @param file an absolute path
 * @param origin how it was found, for people
 */
record Candidate(Path file, String origin) {
    @Override
    public String toString() {
        return file + " (" + origin + ")";
    }
}
