package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Runs the emulator's own tests, a C++ program that its build has made. */
class EmulatorSelfTest {
    @Test
    void emulatorPassesItsOwnTests() throws Exception {
        Emulator.require();
        EmulatorBuild.run("tests");
        Path output = Emulator.folder().resolve("emulator-test.log");
        Process process = new ProcessBuilder(Emulator.folder().resolve("emulator-test").toString()).redirectErrorStream(true)
                .redirectOutput(output.toFile()).start();
        boolean ended = process.waitFor(15, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        assertEquals("exit code 0", ended ? "exit code " + process.exitValue() : "no end after 3 minutes", () -> read(output));
    }

    private static String read(Path output) {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
