package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.DeviceLine;
import dev.lamina.cuda.libraries.DriverStatus;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUuuid;
import jcuda.driver.JCudaDriver;

/** Asks the driver about its devices. */
final class Devices {
    private static final int NAME_LENGTH = 256;

    private Devices() { }

    static int count() {
        Driver.ensure();
        int[] count = new int[1];
        Driver.check(JCudaDriver.cuDeviceGetCount(count), "cuDeviceGetCount", "");
        return count[0];
    }

    static CUdevice device(int index) {
        int count = count();
        if (index < 0 || index >= count) {
            throw Driver.failure(count == 0 ? DriverStatus.NO_DEVICE : DriverStatus.INVALID_DEVICE, "cuDeviceGet",
                    "device index %d, the driver shows %d %s".formatted(index, count, count == 1 ? "device" : "devices"));
        }
        CUdevice device = new CUdevice();
        Driver.check(JCudaDriver.cuDeviceGet(device, index), "cuDeviceGet", "device index " + index);
        return device;
    }

    static DeviceFacts facts(CUdevice device, int index) {
        byte[] text = new byte[NAME_LENGTH];
        Driver.check(JCudaDriver.cuDeviceGetName(text, text.length, device), "cuDeviceGetName", "device index " + index);
        String name = text(text);
        long[] bytes = new long[1];
        Driver.check(JCudaDriver.cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem", name);
        int[] version = new int[1];
        Driver.check(JCudaDriver.cuDriverGetVersion(version), "cuDriverGetVersion", name);
        return new DeviceFacts(name, index, attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR), bytes[0],
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK),
                attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK), version[0],
                DeviceLine.emulated(name), uuid(device));
    }

    private static int attribute(CUdevice device, int which) {
        int[] value = new int[1];
        Driver.check(JCudaDriver.cuDeviceGetAttribute(value, which, device), "cuDeviceGetAttribute", "attribute " + which);
        return value[0];
    }

    private static String uuid(CUdevice device) {
        CUuuid uuid = new CUuuid();
        int status = JCudaDriver.cuDeviceGetUuid(uuid, device);
        return status == DriverStatus.SUCCESS && uuid.bytes != null ? HexFormat.of().formatHex(uuid.bytes) : "";
    }

    private static String text(byte[] zeroTerminated) {
        int length = 0;
        while (length < zeroTerminated.length && zeroTerminated[length] != 0) {
            length++;
        }
        return new String(zeroTerminated, 0, length, StandardCharsets.UTF_8);
    }
}
