package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Another Java machine: a library that was loaded once stays in its process. */
public final class ChildJvm {
    private final Path temp;
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> variables = new HashMap<>();

    public ChildJvm(Path temp) {
        this.temp = temp;
        variables.put("LAMINA_CACHE", temp.resolve("cache").toString());
    }

    public ChildJvm option(String option) {
        options.add(option);
        return this;
    }

    public ChildJvm variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** Runs a class to its end and gives what it prints. */
    public String run(Class<?> main, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.add(main.getName());
        command.addAll(List.of(arguments));
        Path log = Files.createTempFile(temp, "child", ".log");
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeAll(List.of("LD_LIBRARY_PATH", "CUDA_PATH", "CUDA_HOME", "LAMINA_CUDA_LIBS", "LAMINA_CACHE"));
        builder.environment().putAll(variables);
        int code = builder.start().waitFor();
        String output = Files.readString(log);
        assertEquals(0, code, output);
        return output;
    }
}
