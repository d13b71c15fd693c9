package dev.lamina.io.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** What is written is read again, whatever it is. */
class OnnxWriterPropertyTest {
    private static Path file;

    @BeforeContainer
    static void open() throws IOException {
        file = Files.createTempFile("lamina", ".onnx");
    }

    @AfterContainer
    static void close() throws IOException {
        Files.delete(file);
    }

    @Provide
    Arbitrary<OnnxModel> models() {
        return OnnxArbitraries.models();
    }

    @Property(tries = 500)
    void whatIsWrittenIsRead(@ForAll("models") OnnxModel model) throws IOException {
        byte[] bytes = OnnxWriter.bytes(model);
        Files.write(file, bytes);
        OnnxModel read = OnnxFile.read(file);
        assertEquals(OnnxArbitraries.comparable(model), OnnxArbitraries.comparable(read));
        assertArrayEquals(bytes, OnnxWriter.bytes(read));
    }
}
