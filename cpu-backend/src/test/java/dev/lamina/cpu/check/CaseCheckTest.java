package dev.lamina.cpu.check;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.parity.CheckParity;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
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

    /** Slow because parity tests see to them too; here it is the check that is tested, on special values and empty tensors. */
    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> casesAgree() {
        return PARITY.casesAgree();
    }

    @TestFactory
    Stream<DynamicTest> faultsAreNamed() {
        return PARITY.faultsAreNamed(_ -> true);
    }
}
