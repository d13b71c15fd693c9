package dev.lamina.cpu.check;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.parity.CheckParity;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/** Checks of right code must report nothing. */
class RandomCheckTest {
    private static final Backend REFERENCE = Backends.open("reference");
    private static final Backend CPU = Backends.open("cpu");
    private static final CheckParity PARITY = new CheckParity(REFERENCE, REFERENCE, CPU);

    @AfterContainer
    static void close() {
        CPU.close();
        REFERENCE.close();
    }

    @Property(tries = 500)
    void nothingIsReportedOnRandomNetworks(@ForAll long seed) {
        PARITY.randomNetworkAgrees(seed);
    }
}
