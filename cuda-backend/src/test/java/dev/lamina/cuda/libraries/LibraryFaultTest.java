package dev.lamina.cuda.libraries;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Availability;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.Backends;
import dev.lamina.cuda.ChildJvm;
import dev.lamina.cuda.CudaProvider;
import dev.lamina.cuda.Emulator;
import dev.lamina.cuda.api.Nvrtc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said about libraries that are missing, too old or incomplete, each in a Java machine of its own. */
final class LibraryFaultTest {
    @TempDir
    private Path temp;

    /** Prints what the provider says. */
    static final class Doctor {
        public static void main(String[] arguments) {
            CudaProvider provider = new CudaProvider();
            Availability availability = provider.probe();
            System.out.println("available " + availability.available() + ", by name " + availability.byName() + ": "
                    + availability.detail());
            provider.details().forEach(System.out::println);
            System.out.println("again " + provider.probe().equals(availability));
        }
    }

    /** Lets Lamina choose, where there is no other backend on the class path. */
    static final class Auto {
        public static void main(String[] arguments) {
            try {
                Backends.open("auto").close();
            } catch (BackendException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    /** Prints the compiler's version as JCuda tells it. */
    static final class Compiler {
        public static void main(String[] arguments) {
            System.out.println("NVRTC says " + Nvrtc.version());
        }
    }

    private FakeCuda fake() throws Exception {
        return new FakeCuda(temp.resolve("libs"));
    }

    private ChildJvm child(FakeCuda fake) {
        return new ChildJvm(temp).variable("LAMINA_CUDA_LIBS", fake.folder().toString());
    }

    private String doctor(FakeCuda fake) throws Exception {
        String text = child(fake).run(Doctor.class);
        assertTrue(text.contains("again true"), text);
        return text;
    }

    private static void assertContains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), () -> "\"" + part + "\" is not in: " + text);
        }
    }

    @Test
    void allThatIsThereIsListedWithItsVersionAndOrigin() throws Exception {
        FakeCuda fake = fake().driver().toolkit(12, 6).cudnn(90_501);
        assertContains(doctor(fake), "available true, by name true: Fake GPU, compute capability 9.0, 80.0 GiB",
                "driver  for CUDA 12.6, " + fake.folder().resolve("libcuda.so.1") + " (named by LAMINA_CUDA_LIBS)",
                "NVRTC   12.6, ", "cuBLAS  12.6.0, ", "cuDNN   9.5.1 for CUDA 12.6, ",
                "JCuda   12.6.0, natives in " + temp.resolve("cache").resolve("natives"), "device 0 Fake GPU");
    }

    @Test
    void anEmulatedDeviceIsOpenedByNameOnly() throws Exception {
        FakeCuda fake = fake().driver(12_060, 1, 0, "EMULATED device").toolkit(12, 6).cudnn(90_501);
        assertContains(doctor(fake), "available false, by name true: EMULATED device", "not a GPU");
    }

    @Test
    void theEmulatorIsOpenedByNameOnlyAndAutoSaysWhy() throws Exception {
        Emulator.require();
        ChildJvm child = new ChildJvm(temp).variable("LAMINA_CUDA_LIBS", Emulator.folder().toString());
        assertContains(child.run(Doctor.class), "available false, by name true: ", "EMULATED", "not a GPU", "device 0 ", "cuDNN   9.",
                Emulator.folder().resolve("libcublas.so.12") + " (named by LAMINA_CUDA_LIBS)");
        assertContains(child.run(Auto.class), "cuda passed over: ", "EMULATED");
        assertContains(child.variable("LAMINA_EMULATOR_DEVICES", "0").run(Doctor.class), "available false, by name false: ",
                "shows no device");
    }

    @Test
    void aDriverThatIsTooOldIsNamedWithBothVersions() throws Exception {
        FakeCuda fake = fake().driver(11_080, 1, 0, "Fake GPU");
        assertContains(doctor(fake), "available false, by name false: CUDA: the NVIDIA driver is too old: "
                + fake.folder().resolve("libcuda.so.1") + " (named by LAMINA_CUDA_LIBS) is for CUDA 11.8, 12.0 or newer is needed.");
    }

    @Test
    void aDriverWithoutADeviceSaysSo() throws Exception {
        assertContains(doctor(fake().driver(12_060, 0, 100, "")), "available false", "shows no device: cuInit answers CUDA_ERROR_NO_DEVICE",
                "CUDA_VISIBLE_DEVICES");
    }

    @Test
    void aDriverThatCountsNoDevicesSaysSo() throws Exception {
        assertContains(doctor(fake().driver(12_060, 0, 0, "")), "available false", "shows no device", "CUDA_VISIBLE_DEVICES");
    }

    @Test
    void aDriverThatDoesNotStartGivesItsStatus() throws Exception {
        assertContains(doctor(fake().driver(12_060, 1, 803, "")), "does not start: cuInit answers CUDA_ERROR_SYSTEM_DRIVER_MISMATCH");
    }

    @Test
    void aCudnnOfAnotherMajorVersionIsRefused() throws Exception {
        FakeCuda fake = fake().driver().toolkit(12, 6).cudnn(8_907);
        assertContains(doctor(fake), "available false, by name false: CUDA: cuDNN " + fake.folder().resolve("libcudnn.so.9"),
                "is version 8.9.7, but 9 is needed", "cudnn9-cuda-12", "-Pcuda-redist", "LAMINA_CUDA_LIBS");
    }

    @Test
    void aMissingPartOfCudnnIsNamed() throws Exception {
        FakeCuda fake = fake().driver().toolkit(12, 6).cudnn(90_501).without("libcudnn_ops.so.9");
        assertContains(doctor(fake), "available false", "is incomplete: libcudnn_ops.so.9 is not there. Install cuDNN 9");
    }

    @Test
    void aLibraryThatIsNoneGivesTheLoadersWords() throws Exception {
        FakeCuda fake = fake().driver().toolkit(12, 6).cudnn(90_501);
        Files.writeString(fake.folder().resolve("libcublas.so.12"), "not an ELF file ".repeat(20));
        assertContains(doctor(fake), "available false", "libcublas.so.12 cannot be loaded: ", "invalid ELF header");
    }

    @Test
    void aFolderThatEveryoneCanWriteIsNotLoadedFrom() throws Exception {
        FakeCuda fake = fake().driver();
        Files.setPosixFilePermissions(fake.folder(), PosixFilePermissions.fromString("rwxrwxrwx"));
        assertContains(doctor(fake), "available false", "libcuda.so.1 is not loaded, because " + fake.folder()
                + " can be written by everyone", "chmod o-w");
    }

    @Test
    void aCacheThatEveryoneCanWriteIsNotUsedAndTheDoctorSaysWhy() throws Exception {
        FakeCuda fake = fake().driver().toolkit(12, 6).cudnn(90_501);
        Path cache = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("rwxrwxrwx"));
        String text = child(fake).variable("LAMINA_CACHE", cache.toString()).run(Doctor.class);
        assertContains(text, "available true", ", because cannot unpack into " + cache.resolve("natives"), "can be written by everyone");
        try (Stream<Path> files = Files.list(cache)) {
            assertEquals(List.of(), files.toList());
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsDoneWithoutAndTheDoctorSaysWhy() throws Exception {
        FakeCuda fake = fake().driver().toolkit(12, 6).cudnn(90_501);
        String text = child(fake).variable("LAMINA_CACHE", "/proc/lamina").run(Doctor.class);
        assertContains(text, "available true", ", because cannot unpack into /proc/lamina/natives");
    }

    @Test
    void jcudaTakesNothingFromTheTemporaryFolder() throws Exception {
        FakeCuda fake = fake().toolkit(12, 6);
        Path shared = Files.createDirectory(temp.resolve("tmp"));
        Path planted = Files.writeString(shared.resolve("libJNvrtc-12.6.0-linux-x86_64.so"), "planted");
        String text = child(fake).option("-Djava.io.tmpdir=" + shared).run(Compiler.class);
        assertContains(text, "NVRTC says 12.6");
        try (Stream<Path> files = Files.list(shared)) {
            assertEquals(List.of(planted), files.filter(file -> file.toString().contains("JNvrtc")).toList());
        }
    }

    @Test
    void whereCuda13IsThereOnlyCallsAreForwardedToIt() throws Exception {
        FakeCuda fake = fake().driver().toolkit(13, 1).cudnn(91_000);
        String text = doctor(fake);
        assertContains(text, "available true", "NVRTC   13.1, " + temp.resolve("cache").resolve("forwarders"),
                "(a forwarder to " + fake.folder().resolve("libnvrtc.so.13") + " (named by LAMINA_CUDA_LIBS))", "cuBLAS  13.1.0, ");
        assertContains(child(fake).run(Compiler.class), "NVRTC says 13.1");
    }

    @Test
    void withoutACompilerTheForwarderIsTheReason() throws Exception {
        FakeCuda fake = fake().driver().toolkit(13, 1).cudnn(91_000);
        String text = child(fake).variable("CC", "no-such-compiler").run(Doctor.class);
        assertContains(text, "available false", "libnvrtc.so.13 is there, but libnvrtc.so.12 is needed",
                "no-such-compiler", "packages gcc, binutils", "-Pcuda-redist");
    }

    @Test
    void aMissingDriverNamesWhereItWasLookedFor() throws Exception {
        boolean machineHasOne = Finder.system().path().findInSystem("libcuda.so.1").isPresent();
        String text = child(fake()).run(Doctor.class);
        if (machineHasOne) {
            assertFalse(text.contains("no NVIDIA driver"), text);
        } else {
            assertContains(text, "available false, by name false: CUDA: no NVIDIA driver: libcuda.so.1 is not in " + temp.resolve("libs"),
                    "LD_LIBRARY_PATH", "docker run --gpus all");
        }
    }
}
