package dev.lamina.optim;

/** Checks of options. */
final class Ranges {
    private Ranges() { }

    static void require(boolean holds, String format, Object... args) {
        if (!holds) {
            throw new IllegalArgumentException(args.length == 0 ? format : format.formatted(args));
        }
    }
}
