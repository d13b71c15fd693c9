package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.cpu.natives.OneDnnFiles;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes in which the backend can or cannot be had: by name it fails with the reason, {@code auto} says it and takes the reference. */
class ProviderTest {
    private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
    private static final String VECTORS = "--add-modules=jdk.incubator.vector";

    @TempDir
    private Path temp;

    @BeforeEach
    void assume() {
        OneDnn.assumeAvailable();
    }

    /** Opens the backend by name and by {@code auto}, and computes something. */
    static final class Choice {
        private Choice() { }

        public static void main(String[] args) {
            try (Backend backend = Backends.open("cpu")) {
                System.out.println("by name: " + backend.name() + ", " + backend.device().name() + ", " + product(backend));
            } catch (BackendException e) {
                System.out.println("by name: " + e.getMessage());
            }
            Backends.Choice choice = Backends.choose("auto", DeviceOptions.defaults());
            try (Backend backend = choice.backend()) {
                choice.passedOver().forEach(line -> System.out.println("auto: " + line));
                System.out.println("auto took " + backend.name() + ", " + product(backend));
            }
        }

        /** 12 ones times 12 ones. */
        private static String product(Backend backend) {
            GraphBuilder g = new GraphBuilder();
            Value x = g.input("x", TensorType.of(DType.FLOAT32, 1, 12));
            g.output("y", MatMul.matmul(x, x, false, true));
            var ones = Tensor.full(DType.FLOAT32, x.shape(), 1);
            double y = OneDnn.run(backend, g.build(), CompileOptions.defaults(), Map.of("x", ones), 1).get("y").item();
            return "product " + y;
        }
    }

    private static String ended(ChildJvm child) throws IOException, InterruptedException {
        ChildJvm.Ended ended = child.run(Choice.class);
        assertEquals(0, ended.code(), ended.output());
        return ended.output();
    }

    /** The child could not have the backend, said why both times, and computed on the reference. */
    private static String refused(ChildJvm child, String... reasons) throws IOException, InterruptedException {
        String output = ended(child);
        List<String> lines = output.lines().toList();
        String byName = lines.stream().filter(l -> l.startsWith("by name: ")).findFirst().orElseThrow(() -> new AssertionError(output));
        String passedOver = lines.stream().filter(l -> l.startsWith("auto: cpu passed over: ")).findFirst()
                .orElseThrow(() -> new AssertionError(output));
        assertTrue(byName.startsWith("by name: backend \"cpu\" is not available: "), output);
        for (String reason : reasons) {
            assertTrue(byName.contains(reason), () -> "\"" + reason + "\" is not in " + byName);
            assertTrue(passedOver.contains(reason), () -> "\"" + reason + "\" is not in " + passedOver);
        }
        assertTrue(output.contains("auto took reference, product 12.0"), output);
        return output;
    }

    private static boolean linux() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");
    }

    private Path folder(byte... library) throws IOException {
        Path folder = Files.createDirectories(temp.resolve("own"));
        Files.write(folder.resolve(OneDnnFiles.locate().dnnl().getFileName()), library);
        return folder;
    }

    @Test
    void autoTakesIt() throws Exception {
        String output = ended(ChildJvm.usual());
        assertTrue(output.contains("by name: cpu, oneDNN 3."), output);
        assertTrue(output.contains("auto took cpu, product 12.0"), output);
        assertFalse(output.contains("passed over: the"), output);
    }

    @Test
    void theVectorModuleIsMissing() throws Exception {
        String output = refused(new ChildJvm(Map.of(), NATIVE_ACCESS), "runs without the module jdk.incubator.vector",
                "--add-modules=jdk.incubator.vector");
        assertFalse(output.contains("NoClassDefFoundError"), output);
    }

    @Test
    void nativeAccessIsDenied() throws Exception {
        refused(new ChildJvm(Map.of(), VECTORS, "--illegal-native-access=deny"), "--enable-native-access");
    }

    @Test
    void theNamedFolderIsEmpty() throws Exception {
        refused(ChildJvm.usual("-Dlamina.onednn=" + temp), "-Dlamina.onednn=" + temp + " has no ");
        refused(ChildJvm.usual(Map.of("LAMINA_ONEDNN", temp + "/none")), "LAMINA_ONEDNN=" + temp + "/none is not a folder");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100_000})
    void theNamedLibraryIsGarbage(int bytes) throws Exception {
        byte[] garbage = new byte[bytes];
        new Random(bytes).nextBytes(garbage);
        Path folder = folder(garbage);
        refused(ChildJvm.usual("-Dlamina.onednn=" + folder), folder.toString(), "cannot be loaded");
    }

    /** A download that stopped: the beginning is right, and a loader would run past the end of the file. */
    @ParameterizedTest
    @ValueSource(doubles = {0.02, 0.999})
    void theNamedLibraryIsCutOff(double share) throws Exception {
        byte[] whole = Files.readAllBytes(OneDnnFiles.locate().dnnl());
        Path folder = folder(Arrays.copyOf(whole, (int) (share * whole.length)));
        refused(ChildJvm.usual("-Dlamina.onednn=" + folder), folder.toString(), "cannot be loaded");
    }

    /** A library that opens but is another. */
    @Test
    void theNamedLibraryIsAnother() throws Exception {
        OneDnnFiles files = OneDnnFiles.locate();
        assumeTrue(files.openMp().isPresent(), "no other library at hand");
        Path folder = folder(Files.readAllBytes(files.openMp().orElseThrow()));
        refused(ChildJvm.usual("-Dlamina.onednn=" + folder), folder.toString(), "dnnl_");
    }

    @Test
    void nothingCanBeUnpacked() throws Exception {
        assumeTrue(linux(), "/dev/full and /proc are Linux's");
        // A file where folders are wanted cannot be written into, whoever runs the test.
        Path file = Files.createFile(temp.resolve("file"));
        refused(ChildJvm.usual("-Dlamina.cache=" + file, "-Djava.io.tmpdir=" + file), "cannot unpack into " + file, "temporary folder");
    }

    @Test
    void aTemporaryFolderServesWhereTheCacheDoesNot() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));
        Path temporary = Files.createDirectory(temp.resolve("tmp"));
        String output = ended(ChildJvm.usual("-Dlamina.cache=" + file, "-Djava.io.tmpdir=" + temporary));
        assertTrue(output.contains("auto took cpu, product 12.0"), output);
        try (var left = Files.list(temporary)) {
            assertEquals(List.of(), left.filter(f -> f.getFileName().toString().startsWith("lamina-")).toList());
        }
    }
}
