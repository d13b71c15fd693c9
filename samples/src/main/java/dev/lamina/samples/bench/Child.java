package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java process that measures and prints a line of JSON. It ends with this process at the latest. */
final class Child {
    private static final int LIMIT_MINUTES = 30;
    private static final int LAST_LINES = 12;

    private Child() { }

    /** A measuring process failed; the message holds the end of what it said. */
    static final class FailedException extends Exception {
        private static final long serialVersionUID = 1;

        FailedException(String message) {
            super(message);
        }
    }

    /**
     * Runs a process and reads its last line that is a JSON object.
     *
     * @param command with the program's path first
     * @param environment variables added to this process's own
     */
    static JsonNode run(List<String> command, Map<String, String> environment) throws IOException, InterruptedException, FailedException {
        Path out = Files.createTempFile("lamina-bench", ".out");
        Path err = Files.createTempFile("lamina-bench", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            int exit = await(builder.start());
            List<String> lines = Files.readAllLines(out);
            String json = lines.reversed().stream().filter(l -> l.startsWith("{")).findFirst().orElse(null);
            if (exit != 0 || json == null) {
                lines.addAll(Files.readAllLines(err));
                throw new FailedException("exit code " + exit + "; it said:\n" + ending(lines));
            }
            return JsonMapper.builder().build().readTree(json);
        } finally {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        }
    }

    private static int await(Process process) throws InterruptedException, FailedException {
        Thread end = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        try {
            if (!process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
                throw new FailedException("it did not end in " + LIMIT_MINUTES + " minutes.");
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly();
            forget(end);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            org.slf4j.LoggerFactory.getLogger(Child.class).debug("ending already", e);
        }
    }

    /** The lines before a stack trace tell what is wrong; of a long text the end. */
    private static String ending(List<String> lines) {
        List<String> said = lines.stream().filter(l -> !l.isBlank() && !l.startsWith("\tat ")).map(l -> "    " + l).toList();
        return String.join("\n", said.subList(Math.max(0, said.size() - LAST_LINES), said.size()));
    }
}
