package dev.lamina.backend;

/**
 * Whether a backend can be opened here.
 *
 * @param available true if it can
 * @param detail the device if it can, else the reason and the way out
 */
public record Availability(boolean available, String detail) {
    /** It can be opened; the text describes the device. */
    public static Availability yes(String device) {
        return new Availability(true, device);
    }

    /** It cannot be opened; the text says why and what to do. */
    public static Availability no(String reason) {
        return new Availability(false, reason);
    }
}
