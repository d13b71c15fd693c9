package dev.lamina.kernels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of the kernels. A family {@code NAME.cu} may take in helpers by a line {@code #include "NAME.cuh"}: they are put in its place
 * here, as NVRTC gets no files. Stateless.
 */
public final class KernelSource {
    private static final Pattern INCLUDE = Pattern.compile("(?m)^#include \"(\\w+)\\.cuh\"$");

    private KernelSource() { }

    /**
     * A family's text, ready for the compiler.
     *
     * @param family the file's name without {@code .cu}
     * @throws IllegalArgumentException if there is no such family
     */
    public static String family(String family) {
        return expand(read(family + ".cu"));
    }

    /** Helpers by the file's name without {@code .cuh}, for generated sources. */
    public static String helpers(String name) {
        return expand(read(name + ".cuh"));
    }

    private static String expand(String text) {
        return INCLUDE.matcher(text).replaceAll(found -> Matcher.quoteReplacement(helpers(found.group(1))));
    }

    private static String read(String file) {
        try (InputStream in = KernelSource.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalArgumentException("kernels: there is no source \"" + file + "\".");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("kernels: " + file + " cannot be read", e);
        }
    }
}
