package dev.lamina.cpu.onednn;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java machine of its own on this one's class path, for what only other options, settings or a crash can show. */
final class ChildJvm {
    private static final long TIMEOUT_SECONDS = 600;

    private final List<String> options = new ArrayList<>();
    private final Map<String, String> variables;

    /** Options of the Java machine; the environment is this one's with these variables set. */
    ChildJvm(Map<String, String> variables, String... options) {
        this.variables = variables;
        this.options.addAll(List.of(options));
    }

    /** A machine started as it should be. */
    static ChildJvm usual(String... more) {
        return usual(Map.of(), more);
    }

    /** A machine started as it should be, with these variables set. */
    static ChildJvm usual(Map<String, String> variables, String... more) {
        ChildJvm child = new ChildJvm(variables, "--enable-native-access=ALL-UNNAMED", "--add-modules=jdk.incubator.vector");
        child.options.addAll(List.of(more));
        return child;
    }

    /** How it ended, and all that it wrote. */
    record Ended(int code, String output) {
    }

    Ended run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "-XX:TieredStopAtLevel=1", "-XX:-CreateCoredumpOnCrash"));
        String logging = System.getProperty("logback.configurationFile");
        if (logging != null) {
            command.add("-Dlogback.configurationFile=" + logging);
        }
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        Path folder = Files.createTempDirectory("lamina-child");
        Path output = folder.resolve("output.txt");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            builder.environment().putAll(variables);
            Process process = builder.start();
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            return new Ended(process.exitValue(), Files.readString(output));
        } finally {
            try (var left = Files.list(folder)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }
}
