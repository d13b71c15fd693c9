package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DownloadFailureTest {
    private static final byte[] CONTENT = DownloadTest.CONTENT;
    private static final Checksum SUM = DownloadTest.SUM;
    private static final String WRONG = "0".repeat(64);

    @TempDir
    private Path folder;
    private Path target;
    private Path part;

    @BeforeEach
    void names() {
        target = folder.resolve("sub").resolve("set.bin");
        part = folder.resolve("sub").resolve("set.bin.part");
    }

    private static Download download(Checksum checksum, URI... mirrors) {
        return DownloadTest.download(checksum, mirrors);
    }

    private void havePart(byte[] bytes) throws IOException {
        Files.createDirectories(part.getParent());
        Files.write(part, bytes);
    }

    @Test
    void lastingServerErrorsAreReportedAndThePartialFileIsKept() throws IOException {
        havePart(Arrays.copyOf(CONTENT, 1000));
        try (LoopbackServer server = new LoopbackServer(exchange -> exchange.sendResponseHeaders(500, -1))) {
            URI address = server.address("/x");
            DataException error = assertThrows(DataException.class, () -> download(SUM, address).to(target));
            assertEquals("download \"set.bin\": HTTP status 500 from " + address + ", 3 attempts. 1000 bytes are kept in " + part
                    + "; run again to resume. Or fetch the file by other means and put it at " + target + ".", error.getMessage());
            assertEquals(3, server.requests());
        }
        assertEquals(1000, Files.size(part));
        assertFalse(Files.exists(target));
    }

    @Test
    void aMissingFileIsReportedAtOnce() throws IOException {
        try (LoopbackServer server = new LoopbackServer(exchange -> exchange.sendResponseHeaders(404, -1))) {
            URI address = server.address("/x");
            DataException error = assertThrows(DataException.class, () -> download(SUM, address).to(target));
            assertEquals("download \"set.bin\": HTTP status 404 from " + address
                    + ". Or fetch the file by other means and put it at " + target + ".", error.getMessage());
            assertEquals(1, server.requests());
        }
        assertFalse(Files.exists(part));
    }

    @Test
    void aWrongSumIsReportedWithBothSumsAndNothingIsLeft() throws IOException {
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serve(exchange, CONTENT))) {
            URI address = server.address("/x");
            DataException error = assertThrows(DataException.class, () -> download(Checksum.sha256(WRONG), address).to(target));
            assertEquals("download \"set.bin\": wrong SHA-256 from " + address + ", 300000 bytes: found " + SUM.hex() + ", needs " + WRONG
                    + ". Or fetch the file by other means and put it at " + target + ".", error.getMessage());
        }
        assertFalse(Files.exists(part));
        assertFalse(Files.exists(target));
    }

    @Test
    void otherSchemesAreRefused() {
        assertEquals("download \"set.bin\": address file:///etc/hosts has scheme file, needs https (or http, if it began so).",
                assertThrows(DataException.class, () -> download(null, URI.create("file:///etc/hosts")).to(target)).getMessage());
    }

    @Test
    void nobodyListeningIsReported() {
        DataException error = assertThrows(DataException.class, () -> download(SUM, URI.create("http://127.0.0.1:1/x")).to(target));
        assertTrue(error.getMessage().contains("ConnectException"), error.getMessage());
        assertTrue(error.getMessage().contains("3 attempts"), error.getMessage());
    }

    @Test
    void aFolderThatCannotBeMadeIsReported() throws IOException {
        Files.write(folder.resolve("sub"), new byte[1]);
        DataException error = assertThrows(DataException.class, () -> download(SUM, URI.create("http://127.0.0.1:1/x")).to(target));
        assertTrue(error.getMessage().startsWith("download \"set.bin\": cannot make the folder " + folder.resolve("sub")),
                error.getMessage());
    }

    @Test
    void twoDownloadsOfOneFileAreRefused() throws IOException {
        havePart(new byte[0]);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            channel.lock();
            assertEquals("download \"set.bin\": another download is writing " + part + ". Wait for it to end.",
                    assertThrows(DataException.class, () -> download(SUM, URI.create("http://127.0.0.1:1/x")).to(target)).getMessage());
        }
    }

    @Test
    void anInterruptEndsTheWait() throws IOException {
        try (LoopbackServer server = new LoopbackServer(exchange -> exchange.sendResponseHeaders(500, -1))) {
            URI address = server.address("/x");
            Thread.currentThread().interrupt();
            assertThrows(InterruptedIOException.class,
                    () -> Download.of(List.of(address), SUM).withRetries(3, Duration.ofSeconds(60), Duration.ofSeconds(5)).to(target));
            assertTrue(Thread.interrupted());
        }
    }

    @Test
    void badSettingsAreRefused() {
        assertEquals("download: 0 addresses, attempts = 5, needs at least 1 of each.",
                assertThrows(IllegalArgumentException.class, () -> Download.of(List.of(), SUM)).getMessage());
        assertEquals("checksum: \"12\" is no MD5 sum, needs 32 hexadecimal digits.",
                assertThrows(IllegalArgumentException.class, () -> Checksum.md5("12")).getMessage());
    }
}
