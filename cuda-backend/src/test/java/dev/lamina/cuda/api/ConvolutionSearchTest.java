package dev.lamina.cuda.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.natives.CacheFolder;
import dev.lamina.cuda.Emulator;
import dev.lamina.cuda.api.ConvolutionSearch.Effort;
import dev.lamina.cuda.api.ConvolutionSearch.Options;
import dev.lamina.tensor.DType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvolutionSearchTest {
    private static final long PLENTY = 1 << 26;
    private static final String FIND = "cudnnFindConvolutionForwardAlgorithmEx";

    @TempDir
    private Path folder;
    private DeviceRig rig;
    private Dnn dnn;

    @BeforeEach
    void open() {
        rig = DeviceRig.open();
        dnn = rig.dnn();
    }

    @AfterEach
    void close() {
        if (rig != null) {
            rig.close();
        }
    }

    /** 3 x 3 with padding 1: every algorithm takes it. */
    private static ConvolutionShape square(Arithmetic arithmetic) {
        DType type = arithmetic.operand();
        return new ConvolutionShape(ImageTensor.channelsFirst(type, 2, 8, 9, 9), new FilterTensor(type, 8, 8, 3, 3, false),
                ImageTensor.channelsFirst(type, 2, 8, 9, 9), 1, 1, 1, 1, 1, 1, 1, arithmetic);
    }

    private ConvolutionSearch search(ConvolutionCache cache, Effort effort, long limit, boolean deterministic) {
        return new ConvolutionSearch(dnn, cache, new Options(effort, limit, deterministic));
    }

    private ConvolutionCache kept() {
        return ConvolutionCache.in(CacheFolder.at(folder.resolve("choices")), rig.context().facts(), dnn.version());
    }

    @Test
    void findsAnAlgorithmForEveryPass() {
        for (Effort effort : Effort.values()) {
            for (ConvolutionPass pass : ConvolutionPass.values()) {
                ConvolutionSearch search = search(ConvolutionCache.inMemory(), effort, PLENTY, false);
                assertTrue(search.find(square(Arithmetic.FLOAT32), pass).isPresent(), effort + " " + pass);
            }
        }
    }

    @Test
    void takesTheFastestThatWasMeasured() {
        ConvolutionShape shape = square(Arithmetic.TF32);
        List<ConvolutionAlgorithm> all = ConvolutionCandidates.measured(dnn, shape, ConvolutionPass.FORWARD, PLENTY);
        ConvolutionAlgorithm chosen = search(ConvolutionCache.inMemory(), Effort.MEASURED, PLENTY, false)
                .find(shape, ConvolutionPass.FORWARD).orElseThrow();
        assertFalse(all.isEmpty());
        assertTrue(all.stream().allMatch(a -> a.milliseconds() >= chosen.milliseconds()), () -> chosen + " of " + all);
    }

    @Test
    void keepsToTheWorkspaceLimit() {
        for (ConvolutionPass pass : ConvolutionPass.values()) {
            Optional<ConvolutionAlgorithm> chosen = search(ConvolutionCache.inMemory(), Effort.MEASURED, 0, false)
                    .find(square(Arithmetic.FLOAT32), pass);
            assertTrue(chosen.stream().allMatch(a -> a.workspaceBytes() == 0), () -> pass + ": " + chosen);
        }
    }

    @Test
    void admitsOnlyWhatRepeatsWhereAsked() {
        for (Effort effort : Effort.values()) {
            for (ConvolutionPass pass : ConvolutionPass.values()) {
                ConvolutionAlgorithm chosen = search(ConvolutionCache.inMemory(), effort, PLENTY, true)
                        .find(square(Arithmetic.TF32), pass).orElseThrow();
                assertTrue(chosen.deterministic(), () -> effort + " " + pass + ": " + chosen);
            }
        }
    }

    @Test
    void strictArithmeticPassesOverTransforms() {
        for (Arithmetic arithmetic : List.of(Arithmetic.FLOAT32, Arithmetic.FLOAT64)) {
            int forward = search(ConvolutionCache.inMemory(), Effort.MEASURED, PLENTY, false)
                    .find(square(arithmetic), ConvolutionPass.FORWARD).orElseThrow().number();
            assertTrue(forward <= 3, "algorithm " + forward);
        }
    }

    @Test
    void strictFloat32KeepsTensorCoresOff() {
        int fma = 3;
        for (ConvolutionPass pass : ConvolutionPass.values()) {
            assertEquals(fma, search(ConvolutionCache.inMemory(), Effort.MEASURED, PLENTY, false)
                    .find(square(Arithmetic.FLOAT32), pass).orElseThrow().mathType(), pass.toString());
        }
    }

    @Test
    void remembersChoicesOnDisk() {
        ConvolutionShape shape = square(Arithmetic.FLOAT32);
        ConvolutionAlgorithm first = search(kept(), Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.FORWARD).orElseThrow();
        long searches = Emulator.control().count(FIND);
        assertEquals(Optional.of(first), search(kept(), Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.FORWARD));
        assertEquals(searches, Emulator.control().count(FIND));
    }

    @Test
    void searchesAnewForOtherConditions() {
        ConvolutionShape shape = square(Arithmetic.FLOAT32);
        search(kept(), Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.FORWARD);
        long searches = Emulator.control().count(FIND);
        search(kept(), Effort.MEASURED, PLENTY - 1, false).find(shape, ConvolutionPass.FORWARD);
        search(kept(), Effort.MEASURED, PLENTY, true).find(shape, ConvolutionPass.FORWARD);
        search(kept(), Effort.MEASURED, PLENTY, false).find(square(Arithmetic.TF32), ConvolutionPass.FORWARD);
        ConvolutionCache newer = ConvolutionCache.in(CacheFolder.at(folder.resolve("choices")), rig.context().facts(), dnn.version() + 1);
        search(newer, Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.FORWARD);
        assertEquals(searches + 4, Emulator.control().count(FIND));
    }

    @Test
    void measuresAnewWhatIsDamaged() throws IOException {
        ConvolutionShape shape = square(Arithmetic.FLOAT32);
        search(kept(), Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.FORWARD);
        ConvolutionAlgorithm data = search(kept(), Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.DATA_GRADIENT).orElseThrow();
        Path file = file();
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertEquals(2, text.lines().count());
        String line = text.lines().filter(l -> l.contains("FORWARD")).findFirst().orElseThrow();
        Files.writeString(file, "\u00ff garbage\n" + text.replace(line, line.replace("FORWARD", "FORWARD ")));
        long searches = Emulator.control().count(FIND);
        search(kept(), Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.FORWARD);
        assertEquals(searches + 1, Emulator.control().count(FIND));
        long dataSearches = Emulator.control().count("cudnnFindConvolutionBackwardDataAlgorithmEx");
        assertEquals(Optional.of(data), search(kept(), Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.DATA_GRADIENT));
        assertEquals(dataSearches, Emulator.control().count("cudnnFindConvolutionBackwardDataAlgorithmEx"));
        assertEquals(2, Files.readString(file, StandardCharsets.ISO_8859_1).lines().count());
    }

    private Path file() throws IOException {
        try (var files = Files.list(folder.resolve("choices"))) {
            return files.filter(f -> f.toString().endsWith(".txt")).findFirst().orElseThrow();
        }
    }

    @Test
    void keepsWhatAnotherProcessAdds() {
        ConvolutionShape shape = square(Arithmetic.FLOAT32);
        ConvolutionCache one = kept();
        ConvolutionCache other = kept();
        search(one, Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.FORWARD);
        search(other, Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.FILTER_GRADIENT);
        long searches = Emulator.control().count(FIND);
        search(kept(), Effort.MEASURED, PLENTY, false).find(shape, ConvolutionPass.FORWARD);
        assertEquals(searches, Emulator.control().count(FIND));
    }

    @Test
    void leavesNoMemoryBehind() {
        long before = Emulator.control().live("memory");
        search(ConvolutionCache.inMemory(), Effort.MEASURED, PLENTY, false)
                .find(square(Arithmetic.FLOAT32), ConvolutionPass.FORWARD_BIAS_RELU);
        assertEquals(before, Emulator.control().live("memory"));
    }
}
