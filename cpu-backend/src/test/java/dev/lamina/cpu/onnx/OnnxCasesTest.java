package dev.lamina.cpu.onnx;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.io.onnx.cases.OnnxCase;
import dev.lamina.io.onnx.cases.OnnxCases;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX's own test suite on the reference. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OnnxCasesTest {
    private OnnxCases cases;
    private Backend backend;

    @BeforeAll
    void open() {
        cases = OnnxCases.open();
        backend = Backends.open("reference");
    }

    @AfterAll
    void close() throws IOException {
        if (backend != null) {
            backend.close();
            cases.close();
        }
    }

    Stream<OnnxCase> all() {
        return cases.all().stream();
    }

    @ParameterizedTest
    @MethodSource("all")
    void givesTheValuesOfTheSuite(OnnxCase one) throws IOException {
        cases.check(one, backend);
    }

    @Test
    void everyRefusedCaseExists() {
        List<String> names = cases.all().stream().map(OnnxCase::name).toList();
        cases.refused().keySet().forEach(name -> assertTrue(names.contains(name), name));
    }
}
