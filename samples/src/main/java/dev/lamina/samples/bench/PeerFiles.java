package dev.lamina.samples.bench;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * The built runners of other libraries, in {@code samples/peers/target} of Lamina's source tree.
 *
 * @param root the source tree
 */
record PeerFiles(Path root) {
    private static final String MODULE = "samples/peers";
    private static final List<String> NAMES = List.of("djl", "bytedeco", "onnxruntime");
    private static final List<String> BUILD = List.of("-B", "-ntp", "-q", "-Ppeers", "-pl", MODULE, "-am", "package", "-DskipTests",
            "-Dcheckstyle.skip", "-Denforcer.skip");

    /**
     * The tree that this class was built in: {@code samples/target/lamina.jar} or {@code samples/target/classes} in it.
     *
     * @throws IllegalStateException if it lies elsewhere
     */
    static PeerFiles locate() {
        Path code;
        try {
            code = Path.of(PeerFiles.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("bench: cannot tell where Lamina runs from: " + e.getMessage(), e);
        }
        Path samples = code.getParent() == null ? null : code.getParent().getParent();
        if (samples == null || samples.getParent() == null || !Files.isRegularFile(samples.resolve("peers/pom.xml"))) {
            throw new IllegalStateException("bench: --peers builds what it compares with from Lamina's source tree, and " + code
                    + " is not in one. Run ./lamina bench cpu --peers there.");
        }
        return new PeerFiles(samples.getParent());
    }

    /** Builds the runners if they are missing or older than their sources, and says so. */
    void build(PrintWriter out) throws IOException, InterruptedException {
        if (upToDate()) {
            return;
        }
        String wrapper = root.resolve(File.separatorChar == '\\' ? "mvnw.cmd" : "mvnw").toString();
        List<String> command = Stream.concat(Stream.of(wrapper), BUILD.stream()).toList();
        out.printf("building the peers (the first time downloads some 350 MB): ./mvnw %s%n", String.join(" ", BUILD));
        out.flush();
        ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile()).inheritIO();
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        FileTime started = FileTime.from(Instant.now());
        int exit = builder.start().waitFor();
        if (exit == 0) {
            Files.setLastModifiedTime(Files.writeString(stamp(), ""), started);
        }
        if (exit != 0 || !upToDate()) {
            throw new IllegalStateException("bench: building the peers failed with exit code " + exit + " (see above); it was: ./mvnw "
                    + String.join(" ", BUILD));
        }
    }

    /** By a file of this class's own: Maven leaves files alone whose content would not change. */
    private boolean upToDate() throws IOException {
        if (!Files.exists(stamp()) || !NAMES.stream().allMatch(n -> Files.isRegularFile(listed(n)))) {
            return false;
        }
        FileTime built = Files.getLastModifiedTime(stamp());
        Path module = root.resolve(MODULE);
        try (Stream<Path> sources = Stream.concat(Files.walk(module.resolve("src/main")), Stream.of(module.resolve("pom.xml")))) {
            return sources.filter(Files::isRegularFile).allMatch(f -> f.toFile().lastModified() <= built.toMillis());
        }
    }

    private Path stamp() {
        return target().resolve("peers.built");
    }

    private Path listed(String name) {
        return target().resolve("peers-" + name + ".classpath");
    }

    private Path target() {
        return root.resolve(MODULE).resolve("target");
    }

    /** Where libraries may unpack themselves. */
    Path cache() {
        return target().resolve("cache");
    }

    /** The class path of one library's runner. */
    String classPath(String name) throws IOException {
        return target().resolve("classes") + File.pathSeparator + Files.readString(listed(name)).strip();
    }
}
