package dev.lamina.cpu.check;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.parity.CheckParity;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Cross-checks of the reference and the CPU backend: nothing on right code, what was planted on wrong. */
class CaseCheckTest {
    private static final Backend REFERENCE = Backends.open("reference");
    private static final Backend CPU = Backends.open("cpu");
    private static final CheckParity PARITY = new CheckParity(REFERENCE, REFERENCE, CPU);

    @AfterAll
    static void close() {
        CPU.close();
        REFERENCE.close();
    }

    @TestFactory
    Stream<DynamicTest> casesAgree() {
        return PARITY.casesAgree();
    }

    @TestFactory
    Stream<DynamicTest> faultsAreNamed() {
        return PARITY.faultsAreNamed();
    }
}
