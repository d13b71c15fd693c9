package dev.lamina.backend;

/**
 * Whether a backend can be opened here.
 *
 * @param available true if {@code auto} may take it
 * @param byName true if it opens when asked for by its name
 * @param detail the device if it can be opened, else the reason and the way out
 */
public record Availability(boolean available, boolean byName, String detail) {
    /** It can be opened; the text describes the device. */
    public static Availability yes(String device) {
        return new Availability(true, true, device);
    }

    /** It cannot be opened; the text says why and what to do. */
    public static Availability no(String reason) {
        return new Availability(false, false, reason);
    }

    /** It opens for those who ask for it by name, but {@code auto} passes over it; the text says why. */
    public static Availability onlyByName(String reason) {
        return new Availability(false, true, reason);
    }
}
