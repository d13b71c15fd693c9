package dev.lamina.cuda.libraries;

import java.util.Map;
import java.util.Optional;

/** What the driver's status numbers mean (CUDA driver API 12 and 13). */
public final class DriverStatus {
    /** No error. */
    public static final int SUCCESS = 0;
    /** Device memory does not suffice. */
    public static final int OUT_OF_MEMORY = 2;
    /** There is no device. */
    public static final int NO_DEVICE = 100;
    /** The index is that of no device. */
    public static final int INVALID_DEVICE = 101;
    /** Work is not done yet; no error. */
    public static final int NOT_READY = 600;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "SUCCESS"), Map.entry(1, "INVALID_VALUE"), Map.entry(2, "OUT_OF_MEMORY"), Map.entry(3, "NOT_INITIALIZED"),
            Map.entry(4, "DEINITIALIZED"), Map.entry(34, "STUB_LIBRARY"), Map.entry(46, "DEVICE_UNAVAILABLE"), Map.entry(100, "NO_DEVICE"),
            Map.entry(101, "INVALID_DEVICE"), Map.entry(102, "DEVICE_NOT_LICENSED"), Map.entry(200, "INVALID_IMAGE"),
            Map.entry(201, "INVALID_CONTEXT"), Map.entry(205, "MAP_FAILED"), Map.entry(206, "UNMAP_FAILED"),
            Map.entry(209, "NO_BINARY_FOR_GPU"), Map.entry(214, "ECC_UNCORRECTABLE"), Map.entry(215, "UNSUPPORTED_LIMIT"),
            Map.entry(216, "CONTEXT_ALREADY_IN_USE"), Map.entry(217, "PEER_ACCESS_UNSUPPORTED"), Map.entry(218, "INVALID_PTX"),
            Map.entry(220, "NVLINK_UNCORRECTABLE"), Map.entry(221, "JIT_COMPILER_NOT_FOUND"), Map.entry(222, "UNSUPPORTED_PTX_VERSION"),
            Map.entry(223, "JIT_COMPILATION_DISABLED"), Map.entry(226, "CONTAINED"), Map.entry(300, "INVALID_SOURCE"),
            Map.entry(301, "FILE_NOT_FOUND"), Map.entry(302, "SHARED_OBJECT_SYMBOL_NOT_FOUND"), Map.entry(303, "SHARED_OBJECT_INIT_FAILED"),
            Map.entry(304, "OPERATING_SYSTEM"), Map.entry(400, "INVALID_HANDLE"), Map.entry(401, "ILLEGAL_STATE"),
            Map.entry(500, "NOT_FOUND"), Map.entry(600, "NOT_READY"), Map.entry(700, "ILLEGAL_ADDRESS"),
            Map.entry(701, "LAUNCH_OUT_OF_RESOURCES"), Map.entry(702, "LAUNCH_TIMEOUT"), Map.entry(708, "PRIMARY_CONTEXT_ACTIVE"),
            Map.entry(709, "CONTEXT_IS_DESTROYED"), Map.entry(710, "ASSERT"), Map.entry(712, "HOST_MEMORY_ALREADY_REGISTERED"),
            Map.entry(713, "HOST_MEMORY_NOT_REGISTERED"), Map.entry(714, "HARDWARE_STACK_ERROR"), Map.entry(715, "ILLEGAL_INSTRUCTION"),
            Map.entry(716, "MISALIGNED_ADDRESS"), Map.entry(717, "INVALID_ADDRESS_SPACE"), Map.entry(718, "INVALID_PC"),
            Map.entry(719, "LAUNCH_FAILED"), Map.entry(720, "COOPERATIVE_LAUNCH_TOO_LARGE"), Map.entry(800, "NOT_PERMITTED"),
            Map.entry(801, "NOT_SUPPORTED"), Map.entry(802, "SYSTEM_NOT_READY"), Map.entry(803, "SYSTEM_DRIVER_MISMATCH"),
            Map.entry(804, "COMPAT_NOT_SUPPORTED_ON_DEVICE"), Map.entry(900, "STREAM_CAPTURE_UNSUPPORTED"),
            Map.entry(901, "STREAM_CAPTURE_INVALIDATED"), Map.entry(902, "STREAM_CAPTURE_MERGE"),
            Map.entry(903, "STREAM_CAPTURE_UNMATCHED"), Map.entry(904, "STREAM_CAPTURE_UNJOINED"),
            Map.entry(905, "STREAM_CAPTURE_ISOLATION"), Map.entry(906, "STREAM_CAPTURE_IMPLICIT"), Map.entry(907, "CAPTURED_EVENT"),
            Map.entry(908, "STREAM_CAPTURE_WRONG_THREAD"), Map.entry(909, "TIMEOUT"), Map.entry(910, "GRAPH_EXEC_UPDATE_FAILURE"),
            Map.entry(911, "EXTERNAL_DEVICE"), Map.entry(999, "UNKNOWN"));

    private DriverStatus() { }

    /** Its name in the driver's header. */
    public static String name(int status) {
        String known = NAMES.get(status);
        return status == SUCCESS ? "CUDA_SUCCESS" : known != null ? "CUDA_ERROR_" + known : "driver status " + status;
    }

    /** What usually helps; may be empty. */
    public static String hint(int status) {
        return switch (status) {
            case 2 -> "Lower the batch size or close other programs that use the GPU.";
            case 34 -> "A stub of libcuda.so.1 from a CUDA toolkit was loaded: take its folder out of LD_LIBRARY_PATH.";
            case 46 -> "The device is in use by one process alone (compute mode exclusive): see nvidia-smi -q -d COMPUTE.";
            case 100 -> "No NVIDIA GPU is visible: see nvidia-smi, and CUDA_VISIBLE_DEVICES.";
            case 101 -> "Choose a device index that lamina doctor lists.";
            case 200, 209, 218, 222 -> "The kernel was compiled for another architecture or by a newer compiler: clear the kernel cache.";
            case 214, 220, 714, 802 -> "The hardware reports a fault: see nvidia-smi -q and the kernel log.";
            case 700, 710, 715, 716, 717, 718, 719 -> "The context cannot be used any more: close the backend and open it again.";
            case 701 -> "The block needs more registers or shared memory than the device has.";
            case 803, 804 -> "Driver and its libraries do not fit together: restart after the driver's installation.";
            default -> capture(status).orElse("");
        };
    }

    private static Optional<String> capture(int status) {
        return status >= 900 && status <= 908
                ? Optional.of("A graph is being captured: neither synchronise, allocate nor ask until the capture ends.")
                : Optional.empty();
    }
}
