package dev.lamina.backend;

import static org.junit.jupiter.api.Assertions.*;

import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.CompileOptions.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CompileOptionsTest {
    @Test
    void defaultsAreFloat32() {
        assertEquals(Precision.FLOAT32, CompileOptions.defaults().precision());
    }

    @Test
    void anotherPrecisionChangesNothingElse() {
        CompileOptions options = CompileOptions.defaults().without(Pass.FUSION).requiringDeterminism().keepingAll();
        CompileOptions changed = options.withPrecision(Precision.TF32);
        assertEquals(Precision.TF32, changed.precision());
        assertEquals(options, changed.withPrecision(Precision.FLOAT32));
    }

    @ParameterizedTest
    @EnumSource
    void precisionsAreReadAsTheyAreWritten(Precision precision) {
        assertEquals(precision, Precision.of(precision.label()));
        assertEquals(precision, Precision.of(precision.toString().toUpperCase(java.util.Locale.ROOT)));
    }

    @Test
    void anUnknownPrecisionNamesTheKnownOnes() {
        assertEquals("precision \"fp16\" is unknown; known are float32, tf32, bf16.",
                assertThrows(IllegalArgumentException.class, () -> Precision.of("fp16")).getMessage());
    }
}
