package dev.lamina.inspect.learned;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.parity.InspectParity;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Inspection on oneDNN and on the reference. */
class InspectParityTest {
    private static final Backend REFERENCE = Backends.open("reference");
    private static final Backend CPU = Backends.choose("cpu", new DeviceOptions(0, 1)).backend();
    private static final InspectParity PARITY = new InspectParity(REFERENCE, CPU);

    @AfterAll
    static void close() {
        CPU.close();
        REFERENCE.close();
    }

    @Test
    void findsTheSamePatches() {
        PARITY.findsTheSamePatches();
    }

    @Test
    void sendsTheSameSignals() {
        PARITY.sendsTheSameSignals();
    }

    @Test
    void findsTheSameUnderASquare() {
        PARITY.findsTheSameUnderASquare();
    }
}
