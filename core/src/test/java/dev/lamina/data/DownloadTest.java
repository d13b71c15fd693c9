package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DownloadTest {
    static final byte[] CONTENT = new byte[300_000];
    static final Checksum SUM;

    static {
        new Random(1).nextBytes(CONTENT);
        SUM = Checksum.sha256(sha256(CONTENT));
    }

    @TempDir
    private Path folder;
    private Path target;
    private Path part;

    @BeforeEach
    void names() {
        target = folder.resolve("sub").resolve("set.bin");
        part = folder.resolve("sub").resolve("set.bin.part");
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static Download download(Checksum checksum, URI... mirrors) {
        return Download.of(List.of(mirrors), checksum).withRetries(3, Duration.ofMillis(1), Duration.ofSeconds(10));
    }

    private void havePart(byte[] bytes) throws IOException {
        Files.createDirectories(part.getParent());
        Files.write(part, bytes);
    }

    private void assertFetched() throws IOException {
        assertArrayEquals(CONTENT, Files.readAllBytes(target));
        assertFalse(Files.exists(part));
    }

    @Test
    void aFileIsFetchedWithProgressIntoANewFolder() throws IOException {
        List<Long> done = new ArrayList<>();
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serve(exchange, CONTENT))) {
            download(SUM, server.address("/x")).withProgress((file, bytes, total) -> {
                assertEquals("set.bin", file);
                assertEquals(CONTENT.length, total);
                done.add(bytes);
            }).to(target);
        }
        assertFetched();
        assertEquals(0L, done.getFirst());
        assertEquals((long) CONTENT.length, done.getLast());
        assertEquals(done.stream().sorted().toList(), done);
    }

    @Test
    void aFileThatIsThereWithTheRightSumIsNotFetched() throws IOException {
        Files.createDirectories(target.getParent());
        Files.write(target, CONTENT);
        download(SUM, URI.create("http://127.0.0.1:1/nobody")).to(target);
    }

    @Test
    void aFileThatIsThereWithAWrongSumIsReplaced() throws IOException {
        Files.createDirectories(target.getParent());
        Files.write(target, new byte[] {1, 2, 3});
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serve(exchange, CONTENT))) {
            download(SUM, server.address("/x")).to(target);
        }
        assertFetched();
    }

    @Test
    void aPartialFileIsResumed() throws IOException {
        havePart(Arrays.copyOf(CONTENT, 123_456));
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serve(exchange, CONTENT))) {
            download(SUM, server.address("/x")).to(target);
            assertEquals(List.of("bytes=123456-"), server.ranges);
        }
        assertFetched();
    }

    @Test
    void aPartialFileThatIsWholeIsAccepted() throws IOException {
        havePart(CONTENT);
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serve(exchange, CONTENT))) {
            download(SUM, server.address("/x")).to(target);
            assertEquals(1, server.requests());
        }
        assertFetched();
    }

    @Test
    void aPartialFileThatIsTooLongIsStartedOver() throws IOException {
        havePart(Arrays.copyOf(CONTENT, CONTENT.length + 10));
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serve(exchange, CONTENT))) {
            download(SUM, server.address("/x")).to(target);
            assertEquals(List.of("bytes=300010-", "-"), server.ranges);
        }
        assertFetched();
    }

    @Test
    void aServerThatIgnoresRangeSendsTheWholeFile() throws IOException {
        havePart(Arrays.copyOf(CONTENT, 1000));
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serveWhole(exchange, CONTENT))) {
            download(SUM, server.address("/x")).to(target);
            assertEquals(1, server.requests());
        }
        assertFetched();
    }

    @Test
    void aPartialFileOfAnotherVersionIsStartedOver() throws IOException {
        havePart(new byte[1000]);
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serve(exchange, CONTENT))) {
            download(SUM, server.address("/x")).to(target);
            assertEquals(List.of("bytes=1000-", "-"), server.ranges);
        }
        assertFetched();
    }

    @Test
    void aBrokenConnectionIsResumedWhereItBroke() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (LoopbackServer server = new LoopbackServer(exchange -> {
            if (requests.getAndIncrement() == 0) {
                LoopbackServer.serveBroken(exchange, CONTENT, 65_536);
            } else {
                LoopbackServer.serve(exchange, CONTENT);
            }
        })) {
            download(SUM, server.address("/x")).to(target);
            assertEquals(2, server.requests());
            assertTrue(server.ranges.get(1).matches("bytes=[1-9][0-9]*-"), server.ranges.toString());
        }
        assertFetched();
    }

    @Test
    void aStalledConnectionIsTriedAgain() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        CountDownLatch fetched = new CountDownLatch(1);
        try (LoopbackServer server = new LoopbackServer(exchange -> {
            if (requests.getAndIncrement() == 0) {
                exchange.sendResponseHeaders(200, CONTENT.length);
                exchange.getResponseBody().write(CONTENT, 0, 1000);
                exchange.getResponseBody().flush();
                await(fetched);
            } else {
                LoopbackServer.serve(exchange, CONTENT);
            }
        })) {
            download(SUM, server.address("/x")).withRetries(3, Duration.ofMillis(1), Duration.ofMillis(700)).to(target);
            fetched.countDown();
        }
        assertFetched();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void serverErrorsAreTriedAgain() throws IOException {
        AtomicInteger requests = new AtomicInteger();
        try (LoopbackServer server = new LoopbackServer(exchange -> {
            int request = requests.getAndIncrement();
            if (request < 2) {
                exchange.sendResponseHeaders(request == 0 ? 500 : 503, -1);
            } else {
                LoopbackServer.serve(exchange, CONTENT);
            }
        })) {
            download(SUM, server.address("/x")).to(target);
            assertEquals(3, server.requests());
        }
        assertFetched();
    }

    @Test
    void theNextMirrorIsTried() throws IOException {
        try (LoopbackServer server = new LoopbackServer(exchange -> {
            if (exchange.getRequestURI().getPath().equals("/good")) {
                LoopbackServer.serve(exchange, CONTENT);
            } else {
                exchange.sendResponseHeaders(403, -1);
            }
        })) {
            download(SUM, server.address("/bad"), server.address("/good")).to(target);
        }
        assertFetched();
    }

    @Test
    void theSumOfTheContentIgnoresHowItWasPacked() throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(CONTENT);
        }
        byte[] cut = Arrays.copyOf(packed.toByteArray(), packed.size() - 5);
        Checksum content = Checksum.sha256OfContent(SUM.hex());
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serve(exchange,
                exchange.getRequestURI().getPath().equals("/cut") ? cut : packed.toByteArray()))) {
            DataException error = assertThrows(DataException.class, () -> download(content, server.address("/cut")).to(target));
            assertTrue(error.getMessage().contains("wrong SHA-256 of the content"), error.getMessage());
            download(content, server.address("/whole")).to(target);
        }
        assertArrayEquals(packed.toByteArray(), Files.readAllBytes(target));
    }

    @Test
    void redirectsAreFollowedToALimit() throws IOException {
        try (LoopbackServer server = new LoopbackServer(exchange -> {
            switch (exchange.getRequestURI().getPath()) {
                case "/moved" -> {
                    exchange.getResponseHeaders().set("Location", "/here");
                    exchange.sendResponseHeaders(302, -1);
                }
                case "/here" -> LoopbackServer.serve(exchange, CONTENT);
                default -> {
                    exchange.getResponseHeaders().set("Location", "/loop");
                    exchange.sendResponseHeaders(301, -1);
                }
            }
        })) {
            download(SUM, server.address("/moved")).to(target);
            assertFetched();
            URI loop = server.address("/loop");
            assertEquals("download \"other\": more than 5 redirects from " + loop + ".",
                    assertThrows(DataException.class, () -> download(SUM, loop).to(folder.resolve("other"))).getMessage());
        }
    }
}
