package dev.lamina.io.onnx.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The operators that the documentation names are those that there are. */
class OperatorListTest {
    @Test
    void isThatOfTheDocumentation() throws IOException {
        String text = Files.readString(Path.of("../docs/onnx.md")).replace("\r", "").replace('\n', ' ');
        String listed = text.substring(text.indexOf("became inputs:") + "became inputs:".length(), text.indexOf("and functions")).strip();
        assertEquals(String.join(", ", Operators.names()), listed);
        assertEquals(Operators.names().size(), Integer.parseInt(text.replaceFirst(".*## Operators ", "").replaceFirst(",.*", "").strip()));
    }
}
