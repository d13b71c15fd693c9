package dev.lamina.cuda.api;

/**
 * What a CUDA device is.
 *
 * @param name as the driver says it
 * @param index among the devices that the driver shows, from 0
 * @param major compute capability, the number before the dot
 * @param minor compute capability, the digit after the dot
 * @param totalBytes its memory
 * @param multiprocessors how many
 * @param maxThreadsPerBlock the most threads in one block
 * @param sharedBytesPerBlock shared memory that a block may have without asking for more
 * @param driverVersion CUDA version of the driver: 1000 major + 10 minor, such as 12060
 * @param emulated whether it is the emulator of the tests
 * @param uuid the device's own number, in hexadecimal; empty where the driver does not say
 */
public record DeviceFacts(String name, int index, int major, int minor, long totalBytes, int multiprocessors, int maxThreadsPerBlock,
        int sharedBytesPerBlock, int driverVersion, boolean emulated, String uuid) {
    private static final double GIB = 1L << 30;

    /** Compute capability as compilers write it: {@code sm_90}. */
    public String architecture() {
        return "sm_" + major + minor;
    }

    /** One line for people. */
    public String describe() {
        return "%s, compute capability %d.%d, %d multiprocessors, %.1f GiB, driver for CUDA %d.%d".formatted(name, major, minor,
                multiprocessors, totalBytes / GIB, driverVersion / 1000, driverVersion % 1000 / 10);
    }
}
