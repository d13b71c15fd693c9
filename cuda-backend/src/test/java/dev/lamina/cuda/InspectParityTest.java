package dev.lamina.cuda;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.parity.InspectParity;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Inspection on the device and on the reference. */
class InspectParityTest {
    private static Backend reference;
    private static CudaBackend tested;
    private static InspectParity parity;

    @BeforeAll
    static void open() {
        tested = Tested.open();
        reference = Backends.open("reference");
        parity = new InspectParity(reference, tested);
    }

    @AfterAll
    static void close() {
        for (Backend backend : new Backend[] {tested, reference}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    @Test
    void findsTheSamePatches() {
        parity.findsTheSamePatches();
    }

    @Test
    void sendsTheSameSignals() {
        parity.sendsTheSameSignals();
    }

    @Test
    void findsTheSameUnderASquare() {
        parity.findsTheSameUnderASquare();
    }
}
