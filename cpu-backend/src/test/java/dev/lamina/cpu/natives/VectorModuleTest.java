package dev.lamina.cpu.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class VectorModuleTest {
    @Test
    void thisJavaHasTheModule() {
        assertEquals(Optional.empty(), VectorModule.missing());
    }

    @Test
    void aJavaWithoutTheModuleIsToldTheOption() {
        String text = VectorModule.missing(ModuleLayer.empty()).orElseThrow();
        assertTrue(text.contains("--add-modules=jdk.incubator.vector"), text);
    }
}
