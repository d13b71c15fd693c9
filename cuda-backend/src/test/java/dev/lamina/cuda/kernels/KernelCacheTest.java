package dev.lamina.cuda.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.cuda.Emulator;
import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.CudaException;
import dev.lamina.cuda.api.Kernel;
import dev.lamina.cuda.api.Nvrtc;
import dev.lamina.cuda.lowering.Kernels.Generated;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Faults of the folder; what kernels compute is tested elsewhere. */
class KernelCacheTest {
    private static final Generated FIRST = generated("first", "y[0] = 1;");
    private static final Generated SECOND = generated("second", "y[0] = 2;");

    private static Context context;

    @TempDir
    private Path temporary;

    private final AtomicInteger compilations = new AtomicInteger();

    @BeforeAll
    static void open() {
        Emulator.require();
        context = Context.open(0);
    }

    @AfterAll
    static void close() {
        if (context != null) {
            context.close();
        }
    }

    private static Generated generated(String name, String body) {
        return new Generated("pointwise", name, "extern \"C\" __global__ void " + name + "(float* y) { " + body + " }\n");
    }

    private KernelCache cache() {
        return new KernelCache(context, CacheFolder.at(temporary), (source, name, options) -> {
            compilations.incrementAndGet();
            return Nvrtc.compile(source, name, options);
        });
    }

    private static void use(KernelCache cache, Generated... sources) {
        List<Supplier<Kernel>> asked = Arrays.stream(sources).map(cache::generated).toList();
        for (int i = 0; i < sources.length; i++) {
            assertEquals(sources[i].kernel(), asked.get(i).get().name());
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(temporary)) {
            return all.filter(file -> file.toString().endsWith(".bin")).sorted().toList();
        }
    }

    /** The largest file is the module; small ones name it. */
    private Path module() throws IOException {
        Path largest = files().getFirst();
        for (Path file : files()) {
            largest = Files.size(file) > Files.size(largest) ? file : largest;
        }
        return largest;
    }

    private List<String> warnings(Runnable action) {
        Logger logger = (Logger) LoggerFactory.getLogger(ModuleStore.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            action.run();
        } finally {
            logger.detachAppender(appender);
        }
        return appender.list.stream().filter(event -> event.getLevel().levelStr.equals("WARN"))
                .map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void whatIsAskedForTogetherIsCompiledTogether() {
        try (KernelCache cache = cache()) {
            use(cache, FIRST, SECOND);
            use(cache, FIRST);
            assertEquals(1, compilations.get());
            assertEquals(1, cache.compiled());
        }
    }

    @Test
    void aResourceIsCompiledOnceForEachSetOfDefinitions() {
        try (KernelCache cache = cache()) {
            Kernel kernel = cache.resource("random", List.of(), "uniform_float32");
            assertSame(kernel, cache.resource("random", List.of(), "uniform_float32"));
            assertEquals("dropout_float64", cache.resource("random", List.of(), "dropout_float64").name());
            assertEquals(1, compilations.get());
            cache.resource("random", List.of("UNUSED=1"), "uniform_float32");
            assertEquals(2, compilations.get());
        }
    }

    @Test
    void laterProcessesFindEachKernelOnDisk() {
        try (KernelCache cache = cache()) {
            use(cache, FIRST, SECOND);
            cache.resource("random", List.of(), "uniform_float32");
        }
        compilations.set(0);
        try (KernelCache cache = cache()) {
            use(cache, SECOND);
            use(cache, generated("third", "y[0] = 3;"), FIRST);
            cache.resource("random", List.of(), "uniform_float32");
            assertEquals(1, compilations.get(), "the third alone is new");
        }
    }

    @Test
    void filesAreTheOwnersOnly() throws IOException {
        try (KernelCache cache = cache()) {
            use(cache, FIRST);
        }
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(temporary)));
        for (Path file : files()) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        }
    }

    @Test
    void changedModulesAreRebuilt() throws IOException {
        rebuilt(bytes -> bytes[bytes.length / 2] ^= 1, "checksum");
    }

    @Test
    void truncatedModulesAreRebuilt() throws IOException {
        rebuiltFrom((_, bytes) -> Arrays.copyOf(bytes, bytes.length - 100), "bytes of");
    }

    @Test
    void emptyModulesAreRebuilt() throws IOException {
        rebuiltFrom((_, _) -> new byte[0], "less than the header");
    }

    @Test
    void foreignFilesAreRebuilt() throws IOException {
        rebuilt(bytes -> bytes[0] = 0, "starts with");
    }

    @Test
    void modulesThatTheDriverRefusesAreRebuilt() throws IOException {
        rebuiltFrom((name, _) -> KernelImage.pack(name, "no image".getBytes(java.nio.charset.StandardCharsets.US_ASCII)),
                "cuModuleLoadData");
    }

    @Test
    void soundModulesUnderAnotherNameAreRebuilt() throws IOException {
        rebuiltFrom((_, bytes) -> KernelImage.pack("another", Arrays.copyOfRange(bytes, 44, bytes.length)), "checksum");
    }

    private interface Damage {
        void to(byte[] bytes);
    }

    private interface Replacement {
        byte[] of(String name, byte[] bytes);
    }

    private void rebuilt(Damage damage, String reason) throws IOException {
        rebuiltFrom((_, bytes) -> {
            damage.to(bytes);
            return bytes;
        }, reason);
    }

    private void rebuiltFrom(Replacement replacement, String reason) throws IOException {
        try (KernelCache cache = cache()) {
            use(cache, FIRST, SECOND);
        }
        byte[] sound = Files.readAllBytes(module());
        Path damaged = module();
        Files.write(damaged, replacement.of(damaged.getFileName().toString(), sound.clone()));
        compilations.set(0);
        List<String> warnings = warnings(() -> {
            try (KernelCache cache = cache()) {
                use(cache, FIRST, SECOND);
            }
        });
        assertEquals(1, compilations.get());
        assertTrue(warnings.stream().anyMatch(text -> text.contains(reason) && text.contains(damaged.getFileName().toString())),
                warnings::toString);
        compilations.set(0);
        try (KernelCache cache = cache()) {
            use(cache, FIRST, SECOND);
        }
        assertEquals(0, compilations.get(), "the new file is sound");
    }

    @Test
    void damagedReferencesAreRebuilt() throws IOException {
        try (KernelCache cache = cache()) {
            use(cache, FIRST, SECOND);
        }
        Path module = module();
        for (Path file : files()) {
            if (!file.equals(module)) {
                Files.write(file, new byte[] {1, 2, 3});
            }
        }
        compilations.set(0);
        try (KernelCache cache = cache()) {
            use(cache, FIRST, SECOND);
        }
        assertEquals(0, compilations.get(), "the module of both is there");
    }

    @Test
    void aFolderThatCannotBeWrittenIsDoneWithout() throws IOException {
        Path file = Files.writeString(temporary.resolve("file"), "");
        assumeTrue(Files.exists(file));
        try (KernelCache cache = new KernelCache(context, CacheFolder.at(file.resolve("folder")), Nvrtc::compile)) {
            use(cache, FIRST, SECOND);
            assertEquals(1, cache.compiled());
        }
    }

    @Test
    void anErrorNamesTheKernelAndLeavesOthersUsable() {
        try (KernelCache cache = cache()) {
            Generated wrong = generated("wrong", "y[0] = nothing;");
            Supplier<Kernel> first = cache.generated(FIRST);
            CudaException e = assertThrows(CudaException.class, cache.generated(wrong)::get);
            assertTrue(e.getMessage().contains("nothing"), e.getMessage());
            assertEquals("first", first.get().name());
        }
    }

    @Test
    void oneOfTwoThatCompileAtOnceDoesTheWork() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<Future<?>> both = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                both.add(threads.submit(() -> {
                    try (KernelCache cache = cache()) {
                        start.await();
                        use(cache, FIRST, SECOND);
                    }
                    return null;
                }));
            }
            for (Future<?> future : both) {
                future.get();
            }
        }
        assertEquals(1, compilations.get());
    }
}
