package dev.lamina.cuda;

import java.util.Locale;
import java.util.Map;

/**
 * Switches for looking into the backend. What they switch off is off whatever a compilation's options say; what they leave on, options can
 * switch off by {@code CAPTURE} and {@code ALGORITHM_SEARCH}.
 *
 * @param capture whether a step is recorded into a CUDA graph and replayed, instead of launched kernel by kernel; results are equal
 * @param search whether convolution algorithms are measured, instead of chosen by cuDNN's heuristics
 * @param workspaceBytes memory that one convolution algorithm may take for itself
 * @param guards whether memory beside each buffer is watched: a kernel that writes out of its buffer then is an error. Slow; for tests.
 */
public record Settings(boolean capture, boolean search, long workspaceBytes, boolean guards) {
    private static final long MIB = 1 << 20;

    /** Captured steps, measured algorithms, at most 512 MiB of workspace, no guards. */
    public static Settings defaults() {
        return new Settings(true, true, 512 * MIB, false);
    }

    /**
     * The defaults, changed by {@code LAMINA_CUDA_CAPTURE}, {@code LAMINA_CUDA_SEARCH} and {@code LAMINA_CUDA_GUARDS} ({@code on} or
     * {@code off}) and {@code LAMINA_CUDA_WORKSPACE} (MiB).
     *
     * @throws IllegalArgumentException if one of them is something else
     */
    public static Settings of(Map<String, String> environment) {
        Settings d = defaults();
        return new Settings(flag(environment, "LAMINA_CUDA_CAPTURE", d.capture), flag(environment, "LAMINA_CUDA_SEARCH", d.search),
                mebibytes(environment, "LAMINA_CUDA_WORKSPACE", d.workspaceBytes), flag(environment, "LAMINA_CUDA_GUARDS", d.guards));
    }

    private static boolean flag(Map<String, String> environment, String name, boolean otherwise) {
        String text = environment.getOrDefault(name, "").toLowerCase(Locale.ROOT);
        return switch (text) {
            case "" -> otherwise;
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException(name + " = \"" + text + "\", needs on or off.");
        };
    }

    private static long mebibytes(Map<String, String> environment, String name, long otherwise) {
        String text = environment.getOrDefault(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        if (!text.matches("[0-9]{1,7}")) {
            throw new IllegalArgumentException(name + " = \"" + text + "\", needs a whole number of MiB.");
        }
        return Long.parseLong(text) * MIB;
    }

    /** These settings with or without capture. */
    public Settings capturing(boolean on) {
        return new Settings(on, search, workspaceBytes, guards);
    }

    /** These settings with or without search. */
    public Settings searching(boolean on) {
        return new Settings(capture, on, workspaceBytes, guards);
    }

    /** These settings with or without guards. */
    public Settings guarding(boolean on) {
        return new Settings(capture, search, workspaceBytes, on);
    }
}
