package dev.lamina.cuda.api;

/**
 * JCuda wants an object for each address. A step copies between the same few places again and again, so the objects of the last addresses
 * are kept and nothing is allocated then. Not thread-safe.
 */
final class Pointers {
    private static final int SLOTS = 256;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;
    private static final int SHIFT = 56;

    private final Raw.Device[] devices = new Raw.Device[SLOTS];
    private final Raw.Host[] hosts = new Raw.Host[SLOTS];

    Raw.Device device(long address) {
        int slot = slot(address);
        Raw.Device known = devices[slot];
        if (known == null || known.address() != address) {
            known = new Raw.Device(address);
            devices[slot] = known;
        }
        return known;
    }

    Raw.Host host(long address) {
        int slot = slot(address);
        Raw.Host known = hosts[slot];
        if (known == null || known.address() != address) {
            known = new Raw.Host(address);
            hosts[slot] = known;
        }
        return known;
    }

    private static int slot(long address) {
        return (int) (address * MULTIPLIER >>> SHIFT);
    }
}
