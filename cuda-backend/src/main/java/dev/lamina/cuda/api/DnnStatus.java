package dev.lamina.cuda.api;

import java.util.Map;

/** What cuDNN 9 answers. JCuda's classes carry the numbers of cuDNN 8, which mean other things. */
final class DnnStatus {
    static final int SUCCESS = 0;
    private static final int CATEGORY = 1000;
    private static final int BAD_PARAM = 2;
    private static final int NOT_SUPPORTED = 3;
    private static final int INTERNAL_ERROR = 4;
    private static final int EXECUTION_FAILED = 5;
    private static final int SUBLIBRARY_VERSION_MISMATCH = 1002;
    private static final int SUBLIBRARY_LOADING_FAILED = 1008;
    private static final int DRIVER_TOO_OLD = 3005;
    private static final int SUBLIBRARY_UNAVAILABLE = 3009;
    private static final int OUT_OF_HOST_MEMORY = 4003;
    private static final int OUT_OF_DEVICE_MEMORY = 4004;

    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(SUCCESS, "SUCCESS"),
            Map.entry(1001, "NOT_INITIALIZED"),
            Map.entry(SUBLIBRARY_VERSION_MISMATCH, "SUBLIBRARY_VERSION_MISMATCH"),
            Map.entry(1003, "SERIALIZATION_VERSION_MISMATCH"),
            Map.entry(1004, "DEPRECATED"),
            Map.entry(1005, "LICENSE_ERROR"),
            Map.entry(1006, "RUNTIME_IN_PROGRESS"),
            Map.entry(1007, "RUNTIME_FP_OVERFLOW"),
            Map.entry(SUBLIBRARY_LOADING_FAILED, "SUBLIBRARY_LOADING_FAILED"),
            Map.entry(2000, "BAD_PARAM"),
            Map.entry(2002, "BAD_PARAM_NULL_POINTER"),
            Map.entry(2003, "BAD_PARAM_MISALIGNED_POINTER"),
            Map.entry(2004, "BAD_PARAM_NOT_FINALIZED"),
            Map.entry(2005, "BAD_PARAM_OUT_OF_BOUND"),
            Map.entry(2006, "BAD_PARAM_SIZE_INSUFFICIENT"),
            Map.entry(2007, "BAD_PARAM_STREAM_MISMATCH"),
            Map.entry(2008, "BAD_PARAM_SHAPE_MISMATCH"),
            Map.entry(2009, "BAD_PARAM_DUPLICATED_ENTRIES"),
            Map.entry(2010, "BAD_PARAM_ATTRIBUTE_TYPE"),
            Map.entry(2011, "BAD_PARAM_CUDA_GRAPH_MISMATCH"),
            Map.entry(2012, "BAD_PARAM_DESCRIPTOR_TYPE"),
            Map.entry(3000, "NOT_SUPPORTED"),
            Map.entry(3001, "NOT_SUPPORTED_GRAPH_PATTERN"),
            Map.entry(3002, "NOT_SUPPORTED_SHAPE"),
            Map.entry(3003, "NOT_SUPPORTED_DATA_TYPE"),
            Map.entry(3004, "NOT_SUPPORTED_LAYOUT"),
            Map.entry(DRIVER_TOO_OLD, "NOT_SUPPORTED_INCOMPATIBLE_CUDA_DRIVER"),
            Map.entry(3006, "NOT_SUPPORTED_INCOMPATIBLE_CUDART"),
            Map.entry(3007, "NOT_SUPPORTED_ARCH_MISMATCH"),
            Map.entry(3008, "NOT_SUPPORTED_RUNTIME_PREREQUISITE_MISSING"),
            Map.entry(SUBLIBRARY_UNAVAILABLE, "NOT_SUPPORTED_SUBLIBRARY_UNAVAILABLE"),
            Map.entry(3010, "NOT_SUPPORTED_SHARED_MEMORY_INSUFFICIENT"),
            Map.entry(3011, "NOT_SUPPORTED_PADDING"),
            Map.entry(3012, "NOT_SUPPORTED_BAD_LAUNCH_PARAM"),
            Map.entry(3013, "NOT_SUPPORTED_CUDA_GRAPH_NATIVE_API"),
            Map.entry(4000, "INTERNAL_ERROR"),
            Map.entry(4001, "INTERNAL_ERROR_COMPILATION_FAILED"),
            Map.entry(4002, "INTERNAL_ERROR_UNEXPECTED_VALUE"),
            Map.entry(OUT_OF_HOST_MEMORY, "INTERNAL_ERROR_HOST_ALLOCATION_FAILED"),
            Map.entry(OUT_OF_DEVICE_MEMORY, "INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED"),
            Map.entry(4005, "INTERNAL_ERROR_BAD_LAUNCH_PARAM"),
            Map.entry(4006, "INTERNAL_ERROR_TEXTURE_CREATION_FAILED"),
            Map.entry(5000, "EXECUTION_FAILED"),
            Map.entry(5001, "EXECUTION_FAILED_CUDA_DRIVER"),
            Map.entry(5002, "EXECUTION_FAILED_CUBLAS"),
            Map.entry(5003, "EXECUTION_FAILED_CUDART"),
            Map.entry(5004, "EXECUTION_FAILED_CURAND"));

    private DnnStatus() { }

    /** The library's own name of a status. */
    static String name(int status) {
        String name = NAMES.get(status);
        return name == null ? "cuDNN status " + status : "CUDNN_STATUS_" + name;
    }

    /** True for the statuses that say the library has no kernel for a legal request. */
    static boolean isNotSupported(int status) {
        return status / CATEGORY == NOT_SUPPORTED;
    }

    /** What to do about a status. */
    static String hint(int status) {
        return switch (status) {
            case SUBLIBRARY_VERSION_MISMATCH -> "Parts of cuDNN are of different versions; let one installation alone be found.";
            case SUBLIBRARY_LOADING_FAILED, SUBLIBRARY_UNAVAILABLE -> "cuDNN is split into libcudnn_ops, _cnn, _graph, _heuristic, "
                    + "_engines_precompiled and _engines_runtime_compiled; all of one version must lie beside libcudnn.so.9. "
                    + "`lamina doctor` shows which is missing.";
            case DRIVER_TOO_OLD -> "Install a newer NVIDIA driver.";
            case OUT_OF_HOST_MEMORY -> "The machine has no memory left.";
            case OUT_OF_DEVICE_MEMORY -> "The device has no memory left for the library's own needs; plan a smaller batch.";
            default -> switch (status / CATEGORY) {
                case BAD_PARAM -> "An argument breaks the call's rules; please report this with the message.";
                case NOT_SUPPORTED -> "The library has no kernel for these types, shapes or layouts on this device.";
                case INTERNAL_ERROR -> "Inside the library; check that the driver is at least as new as the library.";
                case EXECUTION_FAILED -> "The kernel did not start, or an earlier one has damaged the context; close it and open another.";
                default -> "`lamina doctor` shows what was loaded from where.";
            };
        };
    }
}
