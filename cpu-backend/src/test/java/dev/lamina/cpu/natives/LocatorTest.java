package dev.lamina.cpu.natives;

import static dev.lamina.backend.natives.FakeFiles.environment;
import static dev.lamina.cpu.natives.FakeNatives.DNNL;
import static dev.lamina.cpu.natives.FakeNatives.LINUX;
import static dev.lamina.cpu.natives.FakeNatives.OPEN_MP;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.BackendException;
import dev.lamina.backend.natives.Disk;
import dev.lamina.backend.natives.Environment;
import dev.lamina.backend.natives.FakeFiles;
import dev.lamina.backend.natives.Platform;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which libraries are taken, and what is said when there are none. */
final class LocatorTest {
    @TempDir
    private Path temp;

    private Locator locator(Map<String, String> properties, Map<String, String> variables, Platform platform, ClassLoader loader) {
        return new Locator(environment(properties, variables), platform, loader, Disk.REAL);
    }

    private static String message(Locator locator) {
        return assertThrows(BackendException.class, locator::locate).getMessage();
    }

    private static void assertContains(String text, String... parts) {
        for (String part : parts) {
            assertTrue(text.contains(part), () -> "\"" + part + "\" is not in: " + text);
        }
    }

    @Test
    void librariesOfTheClassPathAreUnpackedSideBySide() throws IOException {
        OneDnnFiles files = FakeNatives.locator(temp, FakeNatives.jar(temp, LINUX, DNNL), Disk.REAL).locate();
        assertArrayEquals(DNNL, Files.readAllBytes(files.dnnl()));
        assertArrayEquals(OPEN_MP, Files.readAllBytes(files.openMp().orElseThrow()));
        assertEquals("libdnnl.so.3", files.dnnl().getFileName().toString());
        assertEquals(List.of(files.dnnl().resolveSibling("libgomp.so.1"), files.dnnl()), files.loadOrder());
        assertEquals(temp.resolve("natives").toRealPath(), files.dnnl().getParent().getParent());
        assertContains(files.describe(), files.dnnl().toString(), "libgomp.so.1",
                "org.bytedeco:dnnl:" + Locator.version() + ":linux-x86_64");
        assertEquals(Optional.empty(), files.damage());
    }

    @Test
    void librariesInAFolderOfTheClassPathAreUnpackedToo() throws IOException {
        Path classes = temp.resolve("classes");
        Path folder = Files.createDirectories(classes.resolve("org/bytedeco/dnnl/linux-x86_64"));
        Files.write(folder.resolve("libdnnl.so.3"), DNNL);
        Files.write(folder.resolve("libgomp.so.1"), OPEN_MP);
        ClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null);
        OneDnnFiles files = FakeNatives.locator(temp.resolve("cache"), loader, Disk.REAL).locate();
        assertArrayEquals(DNNL, Files.readAllBytes(files.dnnl()));
    }

    @Test
    void otherContentsGoIntoAnotherFolder() throws IOException {
        Path first = FakeNatives.locator(temp, FakeNatives.jar(temp, LINUX, DNNL), Disk.REAL).locate().dnnl();
        Path second = FakeNatives.locator(temp, FakeNatives.jar(temp, LINUX, FakeFiles.bytes(300_000, 3)), Disk.REAL).locate().dnnl();
        assertFalse(first.equals(second));
        assertTrue(Files.exists(first));
    }

    @Test
    void windowsHasNoOpenMpLibraryOfItsOwn() throws IOException {
        Platform windows = new Platform("windows", "x86_64");
        OneDnnFiles files = locator(Map.of(OneDnnFiles.CACHE_PROPERTY, temp.toString()), Map.of(), windows,
                FakeNatives.jar(temp, windows, DNNL)).locate();
        assertEquals("dnnl.dll", files.dnnl().getFileName().toString());
        assertEquals(Optional.empty(), files.openMp());
        assertEquals(List.of(files.dnnl()), files.loadOrder());
    }

    @Test
    void theNamedFolderComesFirst() throws IOException {
        Path own = Files.createDirectory(temp.resolve("own"));
        Files.write(own.resolve("libdnnl.so"), new byte[] {1});
        OneDnnFiles files = locator(Map.of(), Map.of(OneDnnFiles.FOLDER_VARIABLE, own.toString()), LINUX,
                FakeNatives.jar(temp, LINUX, DNNL)).locate();
        assertEquals(own.resolve("libdnnl.so"), files.dnnl());
        assertEquals(Optional.empty(), files.openMp());
        assertContains(files.describe(), "LAMINA_ONEDNN");
        assertEquals(Optional.empty(), files.damage());

        Path better = Files.createDirectory(temp.resolve("better"));
        Files.write(better.resolve("libdnnl.so.3"), new byte[] {1});
        Files.write(better.resolve("libgomp.so.1"), new byte[] {1});
        files = locator(Map.of(OneDnnFiles.FOLDER_PROPERTY, better.toString()), Map.of(OneDnnFiles.FOLDER_VARIABLE, own.toString()), LINUX,
                FakeNatives.empty()).locate();
        assertEquals(better.resolve("libdnnl.so.3"), files.dnnl());
        assertEquals(Optional.of(better.resolve("libgomp.so.1")), files.openMp());
    }

    @Test
    void aNamedFolderWithoutTheLibraryIsAnErrorEvenIfTheClassPathHasIt() throws IOException {
        ClassLoader loader = FakeNatives.jar(temp, LINUX, DNNL);
        assertContains(message(locator(Map.of(OneDnnFiles.FOLDER_PROPERTY, temp.toString()), Map.of(), LINUX, loader)),
                "-Dlamina.onednn=" + temp + " has no libdnnl.so.3 or libdnnl.so", "linux-x86_64");
        Path missing = temp.resolve("missing");
        assertContains(message(locator(Map.of(), Map.of(OneDnnFiles.FOLDER_VARIABLE, missing.toString()), LINUX, loader)),
                "LAMINA_ONEDNN=" + missing + " is not a folder");
    }

    @Test
    void anotherPlatformsLibrariesAreNamed() throws IOException {
        Map<String, String> arm = Map.of("os.name", "Linux", "os.arch", "aarch64");
        String text = message(locator(arm, Map.of(), new Platform("linux", "arm64"), FakeNatives.jar(temp, LINUX, DNNL)));
        assertContains(text, "os.arch aarch64", "org/bytedeco/dnnl/linux-arm64/libdnnl.so.3", "only libraries for linux-x86_64",
                "-Dlamina.platform=linux-arm64", "org.bytedeco:dnnl:" + Locator.version() + ":linux-arm64", "LAMINA_ONEDNN");
    }

    @Test
    void aPlatformWithoutAnArtifactIsNamed() {
        Map<String, String> riscv = Map.of("os.name", "Linux", "os.arch", "riscv64");
        assertContains(message(locator(riscv, Map.of(), Platform.of("Linux", "riscv64"), FakeNatives.empty())), "os.arch riscv64",
                "is made for linux-x86_64, linux-arm64, macosx-arm64, macosx-x86_64, windows-x86_64", "-Dlamina.onednn");
    }

    @Test
    void platformsAreNamedAsBytedecoDoes() {
        List<String> ids = Stream.of(Platform.of("Linux", "amd64"), Platform.of("Linux", "aarch64"), Platform.of("Mac OS X", "aarch64"),
                Platform.of("Mac OS X", "x86_64"), Platform.of("Windows 11", "amd64")).map(Platform::id).toList();
        assertEquals(OneDnnNames.PUBLISHED.stream().map(Platform::id).toList(), ids);
        assertEquals(List.of("libgomp.so.1", "libgomp.so.1", "libomp.dylib", "libiomp5.dylib", "VCOMP140.DLL"),
                OneDnnNames.PUBLISHED.stream().map(OneDnnNames::openMp).toList());
    }

    @Test
    void theCacheFollowsTheSystemsCustoms() {
        Map<String, String> home = Map.of("user.home", "/home/ada");
        assertEquals(Path.of("/home/ada/.cache/lamina/natives"), locator(home, Map.of(), LINUX, FakeNatives.empty()).cache());
        assertEquals(Path.of("/c/lamina/natives"), locator(home, Map.of("XDG_CACHE_HOME", "/c"), LINUX, FakeNatives.empty()).cache());
        assertEquals(Path.of("/home/ada/.cache/lamina/natives"),
                locator(home, Map.of("XDG_CACHE_HOME", "relative"), LINUX, FakeNatives.empty()).cache());
        assertEquals(Path.of("/home/ada/Library/Caches/lamina/natives"),
                locator(home, Map.of(), new Platform("macosx", "arm64"), FakeNatives.empty()).cache());
        assertEquals(Path.of("/local/lamina/natives"),
                locator(home, Map.of("LOCALAPPDATA", "/local"), new Platform("windows", "x86_64"), FakeNatives.empty()).cache());
        Map<String, String> variables = Map.of(OneDnnFiles.CACHE_VARIABLE, "/x", "XDG_CACHE_HOME", "/c");
        assertEquals(Path.of("/x/natives"), locator(home, variables, LINUX, FakeNatives.empty()).cache());
        Map<String, String> property = Map.of(OneDnnFiles.CACHE_PROPERTY, "/y");
        assertEquals(Path.of("/y/natives"), locator(property, variables, LINUX, FakeNatives.empty()).cache());
    }

    @Test
    void theArtifactsVersionIsKnown() {
        assertTrue(Locator.version().matches("3\\.\\d+.*-\\d+\\.\\d+.*"), Locator.version());
    }

    @Test
    void thisBuildsOwnLibrariesAreThere() {
        Platform here = Platform.of(Environment.system());
        OneDnnFiles files = new Locator(environment(Map.of(OneDnnFiles.CACHE_PROPERTY, temp.toString()), Map.of()), here,
                Locator.class.getClassLoader(), Disk.REAL).locate();
        assertEquals(Optional.empty(), files.damage());
        assertTrue(files.dnnl().toFile().length() > 1_000_000);
    }
}
