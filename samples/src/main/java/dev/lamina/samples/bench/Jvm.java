package dev.lamina.samples.bench;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of further Java processes. */
final class Jvm {
    private static final List<String> OWN = List.of("-agentlib", "-javaagent", "-XX:AOTCacheOutput", "-XX:AOTMode", "-XX:AOTConfiguration",
            "-XX:ArchiveClassesAtExit", "-Dlogback.");
    private static final String NATIVE_ACCESS = "--enable-native-access";
    private static final String VECTOR = "jdk.incubator.vector";

    private Jvm() { }

    /** This process's Java. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A process like this one, with its class path and options, less those that belong to one process only. */
    static List<String> likeThis(String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(java()));
        List<String> options = ManagementFactory.getRuntimeMXBean().getInputArguments();
        options.stream().filter(o -> OWN.stream().noneMatch(o::startsWith)).forEach(command::add);
        if (options.stream().noneMatch(o -> o.startsWith(NATIVE_ACCESS))) {
            command.add(NATIVE_ACCESS + "=ALL-UNNAMED");
        }
        if (options.stream().noneMatch(o -> o.contains(VECTOR))) {
            command.add("--add-modules=" + VECTOR);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), mainClass));
        command.addAll(arguments);
        return command;
    }
}
