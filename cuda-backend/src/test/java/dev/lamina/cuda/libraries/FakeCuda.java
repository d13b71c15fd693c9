package dev.lamina.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Libraries with NVIDIA's names that only tell what they are, compiled into a folder for one test. */
final class FakeCuda {
    private static final List<String> PARTS = Library.CUDNN.parts();

    private final Path folder;

    FakeCuda(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        boolean possible = System.getProperty("os.name").equals("Linux") && System.getProperty("os.arch").equals("amd64") && works("cc")
                && works("nm");
        if (!possible) {
            System.out.println("SKIPPED: no C compiler and binutils on Linux x86-64");
        }
        assumeTrue(possible, "no C compiler and binutils on Linux x86-64");
    }

    Path folder() {
        return folder;
    }

    /** The driver. */
    FakeCuda driver(int version, int devices, int init, String name) throws Exception {
        return compile("cuda.c", "libcuda.so.1", "-DVERSION=" + version, "-DDEVICES=" + devices, "-DINIT=" + init,
                "-DNAME=\"" + name + "\"");
    }

    /** A driver for CUDA 12.6 with one device. */
    FakeCuda driver() throws Exception {
        return driver(12_060, 1, 0, "Fake GPU");
    }

    /** NVRTC and cuBLAS of a CUDA version. */
    FakeCuda toolkit(int major, int minor) throws Exception {
        for (String name : List.of("libnvrtc.so." + major, "libcublas.so." + major)) {
            compile("toolkit.c", name, "-DMAJOR=" + major, "-DMINOR=" + minor, "-DCUDNN=0", "-DCUDART=0");
        }
        return this;
    }

    /** cuDNN under its name for version 9, whatever version it says it is. */
    FakeCuda cudnn(int version) throws Exception {
        compile("toolkit.c", "libcudnn.so.9", "-DMAJOR=0", "-DMINOR=0", "-DCUDNN=" + version, "-DCUDART=12060");
        for (String part : PARTS) {
            compile("toolkit.c", part, "-DMAJOR=0", "-DMINOR=0", "-DCUDNN=0", "-DCUDART=0");
        }
        return this;
    }

    FakeCuda without(String name) throws IOException {
        Files.delete(folder.resolve(name));
        return this;
    }

    private FakeCuda compile(String source, String name, String... options) throws Exception {
        Path code = folder.resolve(source);
        try (InputStream in = FakeCuda.class.getResourceAsStream("/fakes/" + source)) {
            Files.write(code, in.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-Wl,-soname," + name, "-o",
                folder.resolve(name).toString()));
        // JCuda's natives want the functions under the version node that NVIDIA's libraries have, which is their name.
        Path map = Files.writeString(folder.resolve("version.map"), name + " { global: *; };\n");
        command.add("-Wl,--version-script=" + map);
        command.addAll(List.of(options));
        command.add(code.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
        return this;
    }

    private static boolean works(String program) {
        try {
            return new ProcessBuilder(program, "--version").redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
