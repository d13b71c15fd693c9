package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.io.CorruptFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarArchiveTest {
    @TempDir
    private Path folder;

    /** A tar archive in memory. */
    static final class TarBuilder {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        TarBuilder add(String path, char type, byte[] content) {
            byte[] header = new byte[512];
            put(header, 0, path);
            put(header, 100, "0000644\0");
            put(header, 124, String.format("%011o\0", content.length));
            header[156] = (byte) type;
            put(header, 257, "ustar\00000");
            seal(header);
            out.writeBytes(header);
            out.writeBytes(Arrays.copyOf(content, Math.ceilDiv(content.length, 512) * 512));
            return this;
        }

        static void put(byte[] header, int at, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(bytes, 0, header, at, bytes.length);
        }

        static void seal(byte[] header) {
            Arrays.fill(header, 148, 156, (byte) ' ');
            int sum = 0;
            for (byte value : header) {
                sum += value & 0xff;
            }
            put(header, 148, String.format("%06o\0 ", sum));
        }

        byte[] bytes() {
            byte[] content = out.toByteArray();
            return Arrays.copyOf(content, content.length + 1024);
        }

        Path gzip(Path file) throws IOException {
            return TarArchiveTest.gzip(bytes(), file);
        }
    }

    static Path gzip(byte[] content, Path file) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(content);
        }
        return file;
    }

    private static final byte[] ONE = new byte[1000];
    private static final byte[] TWO = new byte[512];

    static {
        new Random(1).nextBytes(ONE);
        new Random(2).nextBytes(TWO);
    }

    private static TarBuilder sample() {
        return new TarBuilder().add("set/", '5', new byte[0]).add("set/readme.html", '0', new byte[700]).add("set/one.bin", '0', ONE)
                .add("set/empty.bin", '0', new byte[0]).add("set/two.bin", '\0', TWO);
    }

    private String failure(byte[] tar, String... wanted) throws IOException {
        Path archive = gzip(tar, folder.resolve("a.tar.gz"));
        String message = assertThrows(CorruptFileException.class, () -> TarArchive.extract(archive, Set.of(wanted), 2000, folder))
                .getMessage();
        assertTrue(message.startsWith("a.tar.gz: "), message);
        assertTrue(message.endsWith(" Delete " + archive + " and fetch it again."), message);
        return message.substring("a.tar.gz: ".length(), message.indexOf(" Delete "));
    }

    @Test
    void wantedMembersAreWrittenWithoutTheirFolders() throws IOException {
        Path archive = sample().gzip(folder.resolve("a.tar.gz"));
        TarArchive.extract(archive, Set.of("one.bin", "two.bin", "empty.bin"), 1000, folder);
        assertArrayEquals(ONE, Files.readAllBytes(folder.resolve("one.bin")));
        assertArrayEquals(TWO, Files.readAllBytes(folder.resolve("two.bin")));
        assertEquals(0, Files.size(folder.resolve("empty.bin")));
        assertFalse(Files.exists(folder.resolve("readme.html")));
    }

    @Test
    void aMemberCannotEscapeTheFolder() throws IOException {
        Path inner = Files.createDirectory(folder.resolve("inner"));
        Path archive = new TarBuilder().add("../../one.bin", '0', ONE).gzip(folder.resolve("a.tar.gz"));
        TarArchive.extract(archive, Set.of("one.bin"), 1000, inner);
        assertTrue(Files.exists(inner.resolve("one.bin")));
        assertFalse(Files.exists(folder.resolve("one.bin")));
    }

    @Test
    void linksAndFoldersAreNotFiles() throws IOException {
        byte[] tar = new TarBuilder().add("one.bin", '2', new byte[0]).bytes();
        assertEquals("members one.bin are missing.", failure(tar, "one.bin"));
    }

    @Test
    void missingMembersAreNamed() throws IOException {
        assertEquals("members four.bin, three.bin are missing.", failure(sample().bytes(), "one.bin", "three.bin", "four.bin"));
    }

    @Test
    void doubleMembersAreRefused() throws IOException {
        byte[] tar = new TarBuilder().add("a/one.bin", '0', ONE).add("b/one.bin", '0', TWO).bytes();
        assertEquals("member one.bin occurs twice.", failure(tar, "one.bin", "two.bin"));
    }

    @Test
    void aMemberBeyondTheLimitIsRefused() throws IOException {
        byte[] tar = new TarBuilder().add("one.bin", '0', new byte[2001]).bytes();
        assertEquals("member one.bin has 2001 bytes, at most 2000 are expected.", failure(tar, "one.bin"));
    }

    @Test
    void aSizeThatIsNotOctalIsRefused() throws IOException {
        byte[] tar = sample().bytes();
        TarBuilder.put(tar, 124, "9");
        byte[] header = Arrays.copyOf(tar, 512);
        TarBuilder.seal(header);
        System.arraycopy(header, 0, tar, 0, 512);
        assertEquals("the size \"90000000000\" is not an octal number, at byte 0 of the unpacked archive.", failure(tar, "one.bin"));
    }

    @Test
    void aChangedHeaderIsRefused() throws IOException {
        byte[] tar = sample().bytes();
        tar[512 + 3] ^= 1;
        String message = failure(tar, "one.bin");
        assertTrue(message.matches("the header has checksum \\d+, it says \\d+, at byte 512 of the unpacked archive."), message);
    }

    @Test
    void anArchiveCutAnywhereIsRefusedAndNoPartialMemberIsLeft() throws IOException {
        byte[] tar = sample().bytes();
        int end = tar.length - 1024;
        for (int length = 0; length < end; length += 97) {
            Path out = Files.createDirectory(folder.resolve("cut" + length));
            Path archive = gzip(Arrays.copyOf(tar, length), out.resolve("a.tar.gz"));
            assertThrows(CorruptFileException.class, () -> TarArchive.extract(archive, Set.of("one.bin", "two.bin"), 1000, out));
            Path one = out.resolve("one.bin");
            assertTrue(!Files.exists(one) || Files.size(one) == ONE.length);
            assertFalse(Files.exists(out.resolve("two.bin")));
        }
    }

    @Test
    void aCutOrForeignGzipWrapperIsRefused() throws IOException {
        Path archive = sample().gzip(folder.resolve("a.tar.gz"));
        Files.write(archive, Arrays.copyOf(Files.readAllBytes(archive), 600));
        assertThrows(CorruptFileException.class, () -> TarArchive.extract(archive, Set.of("two.bin"), 1000, folder));
        Files.write(archive, new byte[600]);
        assertEquals("a.tar.gz: the gzip wrapper is broken: Not in GZIP format. Delete " + archive + " and fetch it again.",
                assertThrows(CorruptFileException.class, () -> TarArchive.extract(archive, Set.of("two.bin"), 1000, folder)).getMessage());
    }

    @Test
    void everyFlippedHeaderBitIsNoticedUnlessTheHeaderStillSaysTheSame() throws IOException {
        byte[] tar = new TarBuilder().add("one.bin", '0', ONE).bytes();
        Path archive = folder.resolve("m.tar.gz");
        for (int at = 0; at < 512; at++) {
            byte[] changed = tar.clone();
            changed[at] ^= (byte) (1 << at % 8);
            gzip(changed, archive);
            try {
                TarArchive.extract(archive, Set.of("one.bin"), 2000, folder);
                assertTrue(at >= 148 && at < 156, "byte " + at + " was not noticed");
                assertArrayEquals(ONE, Files.readAllBytes(folder.resolve("one.bin")));
            } catch (CorruptFileException e) {
                assertTrue(e.getMessage().contains("at byte 0 of the unpacked archive"), e.getMessage());
            }
        }
    }
}
