package dev.lamina.cuda.api;

import dev.lamina.cuda.libraries.Library;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/** NVIDIA's run-time compiler. Needs no device. Thread-safe. */
public final class Nvrtc {
    private static final String ARCHITECTURE = "--gpu-architecture=";
    private static final String VIRTUAL = "compute_";
    private static final Map<Integer, String> STATUSES = Map.ofEntries(Map.entry(1, "OUT_OF_MEMORY"),
            Map.entry(2, "PROGRAM_CREATION_FAILURE"), Map.entry(3, "INVALID_INPUT"), Map.entry(4, "INVALID_PROGRAM"),
            Map.entry(5, "INVALID_OPTION"), Map.entry(6, "COMPILATION"),
            Map.entry(7, "BUILTIN_OPERATION_FAILURE"), Map.entry(8, "NO_NAME_EXPRESSIONS_AFTER_COMPILATION"),
            Map.entry(9, "NO_LOWERED_NAMES_BEFORE_COMPILATION"), Map.entry(10, "NAME_EXPRESSION_NOT_VALID"),
            Map.entry(11, "INTERNAL_ERROR"), Map.entry(12, "TIME_FILE_WRITE_FAILED"));

    private static volatile boolean ready;

    private Nvrtc() { }

    private static void ensure() {
        if (!ready) {
            Bindings.load(Library.NVRTC);
            JNvrtc.setExceptionsEnabled(false);
            ready = true;
        }
    }

    /** Its version, such as {@code 12.6}. */
    public static String version() {
        ensure();
        int[] major = new int[1];
        int[] minor = new int[1];
        check(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion", "");
        return major[0] + "." + minor[0];
    }

    /** The compute capabilities it can compile for, ascending: 75 is 7.5. */
    public static List<Integer> architectures() {
        ensure();
        int[] count = new int[1];
        check(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs", "");
        int[] known = new int[count[0]];
        check(JNvrtc.nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs", "");
        return IntStream.of(known).sorted().boxed().toList();
    }

    /**
     * The option that names the device's architecture: machine code for the device itself, or where this compiler is older than the device,
     * portable code of the newest architecture it knows, which the driver then translates.
     */
    public static String architectureOption(DeviceFacts device) {
        int wanted = 10 * device.major() + device.minor();
        List<Integer> known = architectures();
        if (known.contains(wanted)) {
            return ARCHITECTURE + "sm_" + wanted;
        }
        int newest = known.stream().filter(arch -> arch <= wanted).mapToInt(Integer::intValue).max().orElseThrow(() -> new CudaException(
                "nvrtcGetSupportedArchs", "no usable architecture", "NVRTC %s compiles for compute capabilities from %s on, %s has %d.%d"
                .formatted(version(), known.getFirst(), device.name(), device.major(), device.minor()), "Use an older CUDA toolkit."));
        return ARCHITECTURE + VIRTUAL + newest;
    }

    /**
     * Compiles CUDA C.
     *
     * @param source the text
     * @param name what the log calls it
     * @param options such as {@code --gpu-architecture=sm_90}
     * @return machine code (CUBIN), or PTX where the option names a virtual architecture ({@code compute_90})
     * @throws CudaException if it does not compile; the message holds the compiler's log
     */
    public static byte[] compile(String source, String name, List<String> options) {
        ensure();
        nvrtcProgram program = new nvrtcProgram();
        check(JNvrtc.nvrtcCreateProgram(program, source, name, 0, null, null), "nvrtcCreateProgram", name);
        try {
            int status = JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
            if (status != 0) {
                throw new CudaException("nvrtcCompileProgram", status(status), "\"" + name + "\" with " + String.join(" ", options) + ":\n"
                        + log(program).strip() + "\n", "");
            }
            boolean portable = options.stream().anyMatch(option -> option.contains("=" + VIRTUAL));
            return portable ? ptx(program, name) : cubin(program, name);
        } finally {
            JNvrtc.nvrtcDestroyProgram(program);
        }
    }

    private static byte[] cubin(nvrtcProgram program, String name) {
        long[] size = new long[1];
        check(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize", name);
        byte[] image = new byte[Math.toIntExact(size[0])];
        check(JNvrtc.nvrtcGetCUBIN(program, image), "nvrtcGetCUBIN", name);
        return image;
    }

    private static byte[] ptx(nvrtcProgram program, String name) {
        String[] text = new String[1];
        check(JNvrtc.nvrtcGetPTX(program, text), "nvrtcGetPTX", name);
        return text[0].getBytes(StandardCharsets.UTF_8);
    }

    private static String log(nvrtcProgram program) {
        String[] text = {""};
        int status = JNvrtc.nvrtcGetProgramLog(program, text);
        return status == 0 && text[0] != null ? text[0] : "(no log: " + status(status) + ")";
    }

    private static void check(int status, String call, String subject) {
        if (status != 0) {
            throw new CudaException(call, status(status), subject, "");
        }
    }

    private static String status(int status) {
        String known = STATUSES.get(status);
        return known != null ? "NVRTC_ERROR_" + known : "NVRTC status " + status;
    }
}
