package dev.lamina.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.cuda.kernels.KernelCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole backend on a cache that is damaged, shared or of no use, each in a Java machine of its own. */
class CudaCacheFaultsTest {
    @TempDir
    private Path temp;

    @BeforeEach
    void emulator() {
        Emulator.require();
    }

    /** Trains a little and prints how many modules were compiled, and a digest of all results. */
    static final class Worker {
        public static void main(String[] arguments) {
            try (FaultRig rig = new FaultRig(Settings.defaults())) {
                String results = rig.results(FaultRig.LAST, 3) + rig.results(CompileOptions.defaults(), 2);
                System.out.println("compiled " + ((KernelCache) rig.backend.tools().kernels()).compiled() + " results "
                        + results.hashCode());
            }
        }
    }

    /** Opens the backend twice and prints why that fails. */
    static final class Opener {
        public static void main(String[] arguments) {
            for (int i = 0; i < 2; i++) {
                try {
                    new CudaBackend(DeviceOptions.defaults(), Settings.defaults()).close();
                    System.out.println("opened");
                } catch (BackendException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    private ChildJvm child() {
        return new ChildJvm(temp).option("-Dlamina.cuda.libs=" + Emulator.folder());
    }

    private static String line(String output) {
        return output.lines().filter(line -> line.startsWith("compiled ")).findFirst().orElseThrow(() -> new AssertionError(output));
    }

    private static int compiled(String output) {
        return Integer.parseInt(line(output).split(" ")[1]);
    }

    private static String results(String output) {
        return line(output).split(" ")[3];
    }

    private List<Path> files(String folder) throws IOException {
        try (Stream<Path> all = Files.list(temp.resolve("cache").resolve(folder))) {
            return all.filter(file -> !file.getFileName().toString().startsWith(".")).sorted().toList();
        }
    }

    @Test
    void damagedEntriesAreRebuiltAndSaidSo() throws Exception {
        String first = child().run(Worker.class);
        assertTrue(compiled(first) > 0, first);
        List<Path> kernels = files(KernelCache.FOLDER);
        byte[] other = Files.readAllBytes(kernels.getLast());
        for (int i = 0; i < kernels.size(); i++) {
            byte[] bytes = Files.readAllBytes(kernels.get(i));
            switch (i % 3) {
                case 0 -> bytes = Arrays.copyOf(bytes, bytes.length / 2);
                case 1 -> bytes[bytes.length - 1] ^= 4;
                default -> bytes = other;
            }
            Files.write(kernels.get(i), bytes);
        }
        for (Path choices : files("cuda-convolutions")) {
            Files.writeString(choices, "nonsense\n" + Files.readString(choices).substring(5));
        }
        String second = child().run(Worker.class);
        assertEquals(results(first), results(second));
        assertTrue(compiled(second) > 0, second);
        assertTrue(second.contains("kernels are compiled again") && second.contains("is damaged"), second);
        assertTrue(second.contains("damaged lines of"), second);
        String third = child().run(Worker.class);
        assertEquals("compiled 0 results " + results(first), line(third));
        assertTrue(!third.contains("damaged"), third);
    }

    @Test
    void processesThatCompileAtOnceShareTheWork() throws Exception {
        int alone = compiled(new ChildJvm(Files.createDirectory(temp.resolve("alone"))).option("-Dlamina.cuda.libs=" + Emulator.folder())
                .run(Worker.class));
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<String>> both = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                both.add(threads.submit(() -> child().run(Worker.class)));
            }
            String first = both.get(0).get();
            String second = both.get(1).get();
            assertEquals(results(first), results(second));
            assertEquals(alone, compiled(first) + compiled(second), first + second);
        }
        assertEquals(0, compiled(child().run(Worker.class)));
    }

    @Test
    void aFolderThatCannotBeWrittenIsDoneWithoutAndSaidSo() throws Exception {
        String sound = child().run(Worker.class);
        String text = child().variable("LAMINA_CACHE", "/proc/lamina").run(Worker.class);
        assertEquals(line(sound), line(text));
        assertTrue(text.contains("the cache /proc/lamina/cuda-kernels cannot"), text);
    }

    @Test
    void aCudnnOfAnotherMajorVersionIsNamedInOpeningEachTime() throws Exception {
        String text = child().variable("LAMINA_EMULATOR_CUDNN_VERSION", "8907").run(Opener.class);
        assertEquals(2, text.lines().filter(line -> line.contains("8.9.7") && line.contains("cuDNN")).count(), text);
    }
}
