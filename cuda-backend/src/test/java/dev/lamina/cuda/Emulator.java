package dev.lamina.cuda;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;

/**
 * The CUDA emulator of {@code native/emulator}, for tests. It is built at the first use in a JVM, into {@code cuda-backend/target/emulator}
 * whatever module is under test; {@link #require()} also points {@code lamina.cuda.libs} there, so it comes before the backend's first use.
 */
public final class Emulator {
    /** The system property that the backend's loader reads first: a folder of CUDA libraries. */
    public static final String LIBRARIES = "lamina.cuda.libs";

    /** The system property that asks for a real GPU. */
    public static final String GPU = "lamina.gpu";

    private Emulator() {
    }

    /** Whether tests are to run on a real GPU, and to fail where there is none: {@code -Pgpu}, or {@code -Dlamina.gpu=required}. */
    public static boolean isGpuRequired() {
        return "required".equals(System.getProperty(GPU));
    }

    /** True if the emulator could be built; otherwise {@link #reason()} says why not. */
    public static boolean available() {
        return reason().isEmpty();
    }

    /** Why there is no emulator, empty if there is one. */
    public static String reason() {
        return Built.REASON;
    }

    /** The folder of the emulated libraries. */
    public static Path folder() {
        return EmulatorBuild.FOLDER;
    }

    /**
     * Makes the emulator the CUDA of this JVM, or skips the test with a printed reason where there is no C++ compiler, or where the tests
     * are to run on a GPU. A compiler that refuses the sources is a failure, not a reason to skip.
     */
    public static void require() {
        assumeFalse(isGpuRequired(), "a test of what only the emulator can be asked; this run is on a GPU");
        if (!available()) {
            System.out.println("SKIPPED: " + reason());
        }
        assumeTrue(available(), reason());
        System.setProperty(LIBRARIES, folder().toString());
    }

    /** What tests ask the emulator beside CUDA's own calls. */
    public static EmulatorControl control() {
        require();
        return Opened.CONTROL;
    }

    /** Built once a JVM, when first asked for. */
    private static final class Built {
        static final String REASON = EmulatorBuild.missing();

        static {
            if (REASON.isEmpty()) {
                EmulatorBuild.run();
            }
        }
    }

    /** Opened when a test first asks for the control functions. */
    private static final class Opened {
        static final EmulatorControl CONTROL = new EmulatorControl(folder().resolve("libcuda.so.1"));
    }
}
