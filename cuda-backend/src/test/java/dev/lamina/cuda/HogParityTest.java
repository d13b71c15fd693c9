package dev.lamina.cuda;

import dev.lamina.vision.HogCheck;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** HOG as layers against plain loops, on the device. */
class HogParityTest {
    private static CudaBackend tested;

    @BeforeAll
    static void open() {
        tested = Tested.open();
    }

    @AfterAll
    static void close() {
        if (tested != null) {
            tested.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> agreesWithTheLoops() {
        return HogCheck.agreesWithTheLoops(tested);
    }

    @Test
    void batchesAndPads() {
        HogCheck.batchesAndPads(tested);
    }

    @Test
    void agreesOnAPyramid() {
        HogCheck.agreesOnAPyramid(tested);
    }

    @Test
    void agreesOnBloodCells() throws IOException {
        HogCheck.agreesOnBloodCells(tested, 50, 61);
    }
}
