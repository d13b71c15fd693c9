package dev.lamina.cuda;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The CUDA emulator of {@code native/emulator}, for tests. It is built at the first use in a JVM, into {@code cuda-backend/target/emulator}
 * whatever module is under test; {@link #require()} also points {@code lamina.cuda.libs} there, so it comes before the first use of the backend.
 */
public final class Emulator {
    /** The system property that the backend's loader reads first: a folder of CUDA libraries. */
    public static final String LIBRARIES = "lamina.cuda.libs";

    /** The system property that asks for a real GPU. */
    public static final String GPU = "lamina.gpu";

    private static final String SCRIPT = "native/emulator/build.sh";

    private Emulator() {
    }

    /** Whether tests are to run on a real GPU, and to fail where there is none: {@code -Pgpu}, or {@code -Dlamina.gpu=required}. */
    public static boolean isGpuRequired() {
        return "required".equals(System.getProperty(GPU));
    }

    /** True if the emulator could be built; otherwise {@link #reason()} says why not. */
    public static boolean available() {
        return Build.REASON.isEmpty();
    }

    /** Why there is no emulator, empty if there is one. */
    public static String reason() {
        return Build.REASON;
    }

    /** The folder of the emulated libraries. */
    public static Path folder() {
        return Build.FOLDER;
    }

    /**
     * Makes the emulator the CUDA of this JVM, or skips the test with a printed reason where there is no C++ compiler, or where the tests are
     * to run on a GPU. A compiler that refuses the sources is a failure, not a reason to skip.
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
        return Build.CONTROL.get();
    }

    /** Built once a JVM, when first asked for. */
    private static final class Build {
        static final Path FOLDER = root().resolve("cuda-backend/target/emulator");
        static final String REASON = run();
        static final Supplier<EmulatorControl> CONTROL = new Once();

        private static String run() {
            if (!System.getProperty("os.name").equals("Linux")) {
                return "the CUDA emulator is for Linux";
            }
            String compiler = System.getenv().getOrDefault("CXX", "g++");
            try {
                if (!compilerRuns(compiler)) {
                    return "no C++ compiler: '" + compiler + " --version' failed; install g++ or set CXX";
                }
                Files.createDirectories(FOLDER);
                try (FileChannel channel = FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    build(lock);
                }
            } catch (IOException e) {
                throw new IllegalStateException("the CUDA emulator could not be built into " + FOLDER, e);
            }
            return "";
        }

        private static boolean compilerRuns(String compiler) {
            try {
                Process process = new ProcessBuilder(compiler, "--version").redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
                return process.waitFor() == 0;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** Runs the build script, while the lock keeps other test JVMs out of the folder. */
        private static void build(FileLock lock) throws IOException {
            Path log = FOLDER.resolve("build.log");
            Process process = new ProcessBuilder("sh", root().resolve(SCRIPT).toString(), FOLDER.toString(), "tests").redirectErrorStream(true)
                    .redirectOutput(log.toFile()).start();
            try {
                boolean ended = process.waitFor(5, TimeUnit.MINUTES);
                if (!ended || process.exitValue() != 0) {
                    process.destroyForcibly();
                    throw new IllegalStateException(SCRIPT + (ended ? " failed" : " ran for 5 minutes") + " (" + lock + "):\n"
                            + Files.readString(log));
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The source tree, looked for from the working folder upwards: Maven runs tests in the module's folder. */
        private static Path root() {
            for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
                if (Files.exists(folder.resolve(SCRIPT))) {
                    return folder;
                }
            }
            throw new IllegalStateException(SCRIPT + " is not in " + Path.of("").toAbsolutePath() + " or a folder above");
        }
    }

    /** Opens the control functions when a test first asks for them. */
    private static final class Once implements Supplier<EmulatorControl> {
        private EmulatorControl control;

        @Override
        public synchronized EmulatorControl get() {
            if (control == null) {
                control = new EmulatorControl(Build.FOLDER.resolve("libcuda.so.1"));
            }
            return control;
        }
    }
}
