package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Interpreted, half compiled and compiled code give the same bits, with vectors of any width. */
class ColdAndWarmTest {
    private static final int MANY = 100_000;
    private static final int FEW = 4000;
    private static final int WARM = 12;

    @Test
    void interpretedEqualsWarm() throws Exception {
        assertEquals(FunctionBits.inNewMachine("-Xint", FEW, 1), FunctionBits.inNewMachine("-Xbatch", FEW, 20 * WARM));
    }

    @Test
    void firstCompilerEqualsWarm() throws Exception {
        assertEquals(FunctionBits.inNewMachine("-XX:TieredStopAtLevel=1", MANY, 1), FunctionBits.inNewMachine("-Xbatch", MANY, WARM));
    }

    @Tag("slow")
    @Test
    void interpretedEqualsWarmForManyArguments() throws Exception {
        assertEquals(FunctionBits.inNewMachine("-Xint", MANY, 1), FunctionBits.inNewMachine("-Xbatch", MANY, WARM));
    }

    /** The sums alone depend on the width. */
    @Test
    void narrowVectorsEqualWideOnes() throws Exception {
        assertEquals(functions(FunctionBits.inNewMachine("-XX:TieredStopAtLevel=1", FEW, 1)),
                functions(FunctionBits.inNewMachine("-XX:MaxVectorSize=16", FEW, WARM)));
    }

    private static List<String> functions(List<String> lines) {
        return lines.stream().filter(line -> !line.startsWith(FunctionBits.SUMS)).toList();
    }
}
