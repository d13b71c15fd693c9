package dev.lamina.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KernelSourceTest {
    @Test
    void putsHelpersWhereTheyAreIncluded() {
        String text = KernelSource.family("random");
        assertTrue(text.contains("narrow_bfloat16"), "helpers of helpers are there too");
        assertTrue(text.contains("uniform_##NAME"));
        assertFalse(text.contains("#include"), "NVRTC gets no files");
    }

    @Test
    void putsHelpersInOnce() {
        String text = KernelSource.family("random");
        String once = "struct float16 {";
        assertEquals(text.indexOf(once), text.lastIndexOf(once));
    }

    @Test
    void namesAFamilyThatIsMissing() {
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> KernelSource.family("noise"));
        assertTrue(e.getMessage().contains("noise.cu"), e.getMessage());
    }
}
