package dev.lamina.cuda;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the build script of the emulator for {@link Emulator}. */
final class EmulatorBuild {
    private static final String SCRIPT = "native/emulator/build.sh";

    /** Where the libraries are built. */
    static final Path FOLDER = root().resolve("cuda-backend/target/emulator");

    /** Some seconds of work for one core a library; machines may be busy. */
    private static final int MINUTES = 20;

    private EmulatorBuild() {
    }

    /** What is missing for a build, empty if nothing is. */
    static String missing() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return "the CUDA emulator is for Linux";
        }
        String compiler = System.getenv().getOrDefault("CXX", "g++");
        boolean runs;
        try {
            runs = new ProcessBuilder(compiler, "--version").redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            runs = false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return runs ? "" : "no C++ compiler for the CUDA emulator: '" + compiler + " --version' fails; install g++ or set CXX";
    }

    /**
     * Brings the folder up to date; other test JVMs wait meanwhile.
     *
     * @param more further words for the script, such as {@code tests}
     */
    static void run(String... more) {
        try {
            Files.createDirectories(FOLDER);
            try (FileChannel channel = FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                FileLock lock = channel.lock();
                build(more);
                lock.release();
            }
        } catch (IOException e) {
            throw new IllegalStateException("the CUDA emulator could not be built into " + FOLDER, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void build(String[] more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("sh", root().resolve(SCRIPT).toString(), FOLDER.toString()));
        command.addAll(List.of(more));
        Path log = FOLDER.resolve("build.log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (!ended || process.exitValue() != 0) {
            String why = ended ? " failed" : " ran for " + MINUTES + " minutes";
            throw new IllegalStateException(SCRIPT + why + ":\n" + Files.readString(log));
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
