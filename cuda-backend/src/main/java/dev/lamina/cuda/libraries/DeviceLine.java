package dev.lamina.cuda.libraries;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * What the driver says of a device before anything else is loaded.
 *
 * @param index among the devices that the driver shows, from 0
 * @param name as the driver says it
 * @param major compute capability, the number before the dot
 * @param minor compute capability, the digit after the dot
 * @param totalBytes its memory
 */
public record DeviceLine(int index, String name, int major, int minor, long totalBytes) {
    private static final double GIB = 1L << 30;
    private static final String EMULATED = "EMULATED";
    private static final int MAJOR = 75;
    private static final int MINOR = 76;
    private static final int NAME_LENGTH = 256;

    /** Whether a device of this name is the emulator of the tests. */
    public static boolean emulated(String name) {
        return name.contains(EMULATED);
    }

    /** Whether it is the emulator of the tests. */
    public boolean emulated() {
        return emulated(name);
    }

    /** One line for people. */
    public String describe() {
        return "%s, compute capability %d.%d, %.1f GiB".formatted(name, major, minor, totalBytes / GIB);
    }

    /** All devices of an initialised driver. */
    static List<DeviceLine> all(NativeLibrary driver) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(ValueLayout.JAVA_LONG);
            List<DeviceLine> lines = new ArrayList<>();
            int status = driver.ask("cuDeviceGetCount", List.of(number));
            int count = status == DriverStatus.SUCCESS ? number.get(ValueLayout.JAVA_INT, 0) : 0;
            for (int index = 0; index < count; index++) {
                lines.add(one(driver, index, arena, number));
            }
            return lines;
        }
    }

    private static DeviceLine one(NativeLibrary driver, int index, Arena arena, MemorySegment number) {
        driver.ask("cuDeviceGet", List.of(number), index);
        int device = number.get(ValueLayout.JAVA_INT, 0);
        MemorySegment name = arena.allocate(NAME_LENGTH);
        driver.ask("cuDeviceGetName", List.of(name), NAME_LENGTH, device);
        driver.ask("cuDeviceGetAttribute", List.of(number), MAJOR, device);
        int major = number.get(ValueLayout.JAVA_INT, 0);
        driver.ask("cuDeviceGetAttribute", List.of(number), MINOR, device);
        int minor = number.get(ValueLayout.JAVA_INT, 0);
        driver.ask("cuDeviceTotalMem_v2", List.of(number), device);
        return new DeviceLine(index, name.getString(0), major, minor, number.get(ValueLayout.JAVA_LONG, 0));
    }
}
