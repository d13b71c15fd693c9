package dev.lamina.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.backend.natives.Contents;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.FakeFiles;
import dev.lamina.backend.natives.Platform;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which of several libraries is taken. Nothing is loaded. */
final class FinderTest {
    private static final Platform LINUX = new Platform("linux", "x86_64");
    private static final List<String> REDIST = List.of("libnvrtc-builtins.so.12.6", "libnvrtc.so.12", "libcublasLt.so.12",
            "libcublas.so.12", "libcudnn_graph.so.9", "libcudnn_ops.so.9", "libcudnn_cnn.so.9", "libcudnn_heuristic.so.9",
            "libcudnn_engines_runtime_compiled.so.9", "libcudnn_engines_precompiled.so.9", "libcudnn.so.9");

    @TempDir
    private Path temp;
    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> variables = new HashMap<>();

    private Finder finder(ClassLoader loader, Platform platform) {
        properties.put("lamina.cache", temp.resolve("cache").toString());
        Environment environment = FakeFiles.environment(properties, variables);
        Forwarder forwarder = new Forwarder(CacheFolder.at(temp.resolve("forwarders")), command -> {
            throw new IOException("no " + command.getFirst());
        });
        return new Finder(new SearchPath(environment, platform), () -> new Redist(environment, platform, loader), platform, () -> forwarder,
                () -> new JCudaNatives(temp, Optional.empty()));
    }

    private Finder finder() {
        return finder(new URLClassLoader(new URL[0], null), LINUX);
    }

    private Path put(String folder, String... names) throws IOException {
        Path made = Files.createDirectories(temp.resolve(folder));
        for (String name : names) {
            Files.write(made.resolve(name), new byte[] {1});
        }
        return made;
    }

    private static void assume(boolean condition, String otherwise) {
        if (!condition) {
            System.out.println("SKIPPED: " + otherwise);
        }
        assumeTrue(condition, otherwise);
    }

    private void assumeSystemHasNo(String name) {
        assume(finder().path().findInSystem(name).isEmpty(), "this machine has a " + name + " of its own");
    }

    private ClassLoader redist() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        REDIST.forEach(name -> files.put("org/bytedeco/cuda/linux-x86_64/" + name, FakeFiles.bytes(1000, name.hashCode())));
        files.put("org/bytedeco/cuda/linux-x86_64/libcufft.so.11", new byte[10]);
        return FakeFiles.jar(temp, files);
    }

    @Test
    void namedFoldersComeBeforeTheLoadersPathInTheirOrder() throws IOException {
        Path first = put("first", "libcudnn.so.9");
        Path second = put("second", "libcudnn.so.9", "libcublas.so.12");
        variables.put("LAMINA_CUDA_LIBS", first + File.pathSeparator + second);
        variables.put("LD_LIBRARY_PATH", put("third", "libcudnn.so.9", "libnvrtc.so.12", "libcuda.so.1").toString());
        assertEquals(new Candidate(first.resolve("libcudnn.so.9"), "named by LAMINA_CUDA_LIBS"), finder().find(Library.CUDNN).library());
        assertEquals(second.resolve("libcublas.so.12"), finder().find(Library.CUBLAS).library().file());
        assertEquals(new Candidate(temp.resolve("third").resolve("libnvrtc.so.12"), "LD_LIBRARY_PATH"),
                finder().find(Library.NVRTC).library());
        assertEquals("LD_LIBRARY_PATH", finder().find(Library.DRIVER).library().origin());

        properties.put("lamina.cuda.libs", second.toString());
        assertEquals(new Candidate(second.resolve("libcudnn.so.9"), "named by -Dlamina.cuda.libs"), finder().find(Library.CUDNN).library());
    }

    @Test
    void thePartsComeFromTheLibrarysOwnFolderAndNoOther() throws IOException {
        Path libs = put("libs", "libcublas.so.12", "libcublasLt.so.12", "libnvrtc.so.12", "libnvrtc-builtins.so.12.6", "libcudnn.so.9",
                "libcudnn_graph.so.9", "libcudnn_cnn.so.9");
        variables.put("LAMINA_CUDA_LIBS", libs.toString());
        variables.put("LD_LIBRARY_PATH", put("other", "libcudnn_ops.so.9").toString());
        assertEquals(List.of(libs.resolve("libcublasLt.so.12")), finder().find(Library.CUBLAS).parts());
        assertEquals(List.of(libs.resolve("libnvrtc-builtins.so.12.6")), finder().find(Library.NVRTC).parts());
        Finder.Found cudnn = finder().find(Library.CUDNN);
        assertEquals(List.of(libs.resolve("libcudnn_graph.so.9"), libs.resolve("libcudnn_cnn.so.9")), cudnn.parts());
        assertEquals(List.of("libcudnn_ops.so.9", "libcudnn_heuristic.so.9", "libcudnn_engines_runtime_compiled.so.9",
                "libcudnn_engines_precompiled.so.9"), finder().missingParts(Library.CUDNN, cudnn));
    }

    @Test
    void partsBesideTheFileBehindALinkAreFound() throws IOException {
        Path real = put("real", "libcublas.so.12.6.4", "libcublasLt.so.12");
        Path links = Files.createDirectory(temp.resolve("links"));
        Files.createSymbolicLink(links.resolve("libcublas.so.12"), real.resolve("libcublas.so.12.6.4"));
        variables.put("LAMINA_CUDA_LIBS", links.toString());
        assertEquals(List.of(real.toRealPath().resolve("libcublasLt.so.12")), finder().find(Library.CUBLAS).parts());
    }

    @Test
    void theProfilesArtifactIsUnpackedAsFarAsItIsNeededAndServesLaterBuilds() throws IOException {
        variables.put("LD_LIBRARY_PATH", put("system", "libcudnn.so.9").toString());
        Candidate found = finder(redist(), LINUX).find(Library.CUDNN).library();
        assertTrue(found.origin().contains("profile cuda-redist"), found.origin());
        assertTrue(found.file().startsWith(temp.resolve("cache").resolve("natives").toRealPath()), found::toString);
        assertEquals(Optional.empty(), Contents.damage(found.file().getParent()));
        assertEquals(REDIST.size() + 1, found.file().getParent().toFile().list().length);
        assertEquals(List.of(), finder(redist(), LINUX).missingParts(Library.CUDNN, finder(redist(), LINUX).find(Library.CUDNN)));
        assertEquals(found, finder().find(Library.CUDNN).library());

        Files.write(found.file(), new byte[] {1});
        assertEquals("LD_LIBRARY_PATH", finder().find(Library.CUDNN).library().origin());
    }

    @Test
    void theDriverIsNeverTakenFromTheProfile() throws IOException {
        Path named = put("named", "libcuda.so.1");
        variables.put("LAMINA_CUDA_LIBS", named.toString());
        assertEquals(named.resolve("libcuda.so.1"), finder(redist(), LINUX).find(Library.DRIVER).library().file());
    }

    @Test
    void anOlderCudnnIsNamedWhereNoneServes() throws IOException {
        Path libs = put("libs", "libcudnn.so.8");
        variables.put("LAMINA_CUDA_LIBS", libs.toString());
        assumeSystemHasNo("libcudnn.so.9");
        String text = assertThrows(BackendException.class, () -> finder().find(Library.CUDNN)).getMessage();
        assertTrue(text.contains("cuDNN is missing: libcudnn.so.9 is not in " + libs), text);
        assertTrue(text.contains(libs.resolve("libcudnn.so.8") + " (named by LAMINA_CUDA_LIBS) is too old"), text);
    }

    @Test
    void aForwarderThatCannotBeBuiltGivesTheReason() throws IOException {
        Path libs = put("libs", "libcublas.so.13");
        variables.put("LAMINA_CUDA_LIBS", libs.toString());
        assumeSystemHasNo("libcublas.so.12");
        String text = assertThrows(BackendException.class, () -> finder().find(Library.CUBLAS)).getMessage();
        assertTrue(text.contains(libs.resolve("libcublas.so.13") + " is there, but libcublas.so.12 is needed"), text);
        assertTrue(text.contains("no nm"), text);
    }

    @Test
    void onWindowsTheNamesAreThoseOfWindows() throws IOException {
        Path libs = put("bin", "nvcuda.dll", "nvrtc64_120_0.dll", "cublas64_12.dll", "cudnn64_9.dll");
        variables.put("PATH", libs.toString());
        Finder finder = finder(new URLClassLoader(new URL[0], null), new Platform("windows", "x86_64"));
        for (Library library : Library.values()) {
            assertEquals("PATH", finder.find(library).library().origin());
            assertEquals(List.of(), finder.find(library).parts());
        }
    }

    @Test
    void aPlatformWithoutCudaSaysSo() {
        Finder finder = finder(new URLClassLoader(new URL[0], null), new Platform("macosx", "arm64"));
        String text = assertThrows(BackendException.class, () -> finder.find(Library.DRIVER)).getMessage();
        assertEquals("CUDA: this is macosx-arm64; there is CUDA for linux-x86_64 and windows-x86_64 only.", text);
    }

    @Test
    void theLoadersCacheGivesWhatLdconfigPrints() throws Exception {
        Path ldconfig = Path.of("/sbin/ldconfig");
        assume(Files.exists(LinkerCache.FILE) && Files.isExecutable(ldconfig), "no ldconfig here");
        Process process = new ProcessBuilder(ldconfig.toString(), "-p").start();
        String printed = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor());
        Map<String, String> first = new HashMap<>();
        printed.lines().filter(line -> line.contains("(libc6,x86-64)")).map(String::strip)
                .forEach(line -> first.putIfAbsent(line.split(" ")[0], line.substring(line.indexOf("=> ") + 3)));
        first.forEach((name, path) -> assertEquals(Optional.of(Path.of(path)), LinkerCache.find(LinkerCache.FILE, name), name));
        assertEquals(Optional.empty(), LinkerCache.find(LinkerCache.FILE, "libnosuch.so.1"));
    }

    @Test
    void aDamagedLoadersCacheIsNone() throws IOException {
        Path file = Files.writeString(temp.resolve("cache"), "glibc-ld.so.cache1.1" + "\u007f".repeat(60));
        assertEquals(Optional.empty(), LinkerCache.find(file, "libc.so.6"));
        assertEquals(Optional.empty(), LinkerCache.find(temp.resolve("none"), "libc.so.6"));
    }
}
