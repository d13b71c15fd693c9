package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.vision.HogCheck;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** HOG as layers against plain loops, on the tested backend and on the reference. */
class HogParityTest {
    private static Backend reference;
    private static Backend tested;

    @BeforeAll
    static void open() {
        tested = Tested.open();
        reference = Backends.open("reference");
    }

    @AfterAll
    static void close() {
        for (Backend backend : new Backend[] {tested, reference}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    @TestFactory
    Stream<DynamicContainer> agreesWithTheLoops() {
        return Stream.of(reference, tested).map(b -> dynamicContainer(b.name(), HogCheck.agreesWithTheLoops(b)));
    }

    @Test
    void batchesAndPads() {
        HogCheck.batchesAndPads(reference);
        HogCheck.batchesAndPads(tested);
    }

    @Test
    void agreesOnAPyramid() {
        HogCheck.agreesOnAPyramid(reference);
        HogCheck.agreesOnAPyramid(tested);
    }

    @Test
    void agreesOnBloodCells() throws IOException {
        HogCheck.agreesOnBloodCells(reference, 90, 123);
        HogCheck.agreesOnBloodCells(tested, 190, 267);
    }
}
