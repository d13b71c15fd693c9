package dev.lamina.vision.voc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lamina.io.CorruptFileException;
import dev.lamina.io.Mutations;
import dev.lamina.tensor.Philox;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VocXmlTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUNDS = 6000;
    private static final int WARM_UP = 200;
    private static final String PERSON = VocFiles.object("person", "1", "2", "3.50", "4", "<difficult>0</difficult><pose>Left</pose>"
            + "<part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part>");

    private static VocAnnotation parse(String xml) throws CorruptFileException {
        return VocXml.parse("a.xml", xml.getBytes(StandardCharsets.UTF_8));
    }

    private static String error(String xml) {
        return assertThrows(CorruptFileException.class, () -> parse(xml)).getMessage();
    }

    @Test
    void partsAreNotObjects() throws IOException {
        VocAnnotation annotation = parse(VocFiles.annotation(PERSON));
        assertEquals(1, annotation.objects().size());
        assertEquals(new VocAnnotation.Item("person", 1, 2, 3.5, 4, false, false), annotation.objects().getFirst());
        assertEquals(20, annotation.width());
        assertEquals(10, annotation.height());
    }

    @Test
    void theDeclaredEncodingCounts() throws IOException {
        String xml = "<?xml version='1.0' encoding='ISO-8859-1'?>" + VocFiles.annotation(VocFiles.object("b\u00e9", 1, 1, 2, 2));
        assertEquals("b\u00e9", VocXml.parse("a.xml", xml.getBytes(StandardCharsets.ISO_8859_1)).objects().getFirst().className());
        byte[] unknown = xml.replace("8859-1", "0").getBytes(StandardCharsets.US_ASCII);
        assertThrows(CorruptFileException.class, () -> VocXml.parse("a.xml", unknown));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<annotation/>|a.xml: <annotation> has 0 elements <size>, needs one.",
        "<html/>|a.xml: the outermost element is <html>, needs <annotation>. Is it an annotation of PASCAL VOC?",
        "''|a.xml: is not the XML of an annotation, line 1, column 1: Premature end of file."})
    void otherFiles(String xml, String message) {
        assertEquals(message, error(xml));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "<xmin>1</xmin>|<xmin>one</xmin>|<xmin> of <bndbox> is \"one\", needs a number of pixels.",
        "<xmin>1</xmin>|<xmin>NaN</xmin>|<xmin> of <bndbox> is \"NaN\", needs a number of pixels.",
        "<xmin>1</xmin>|<xmin>1e400</xmin>|<xmin> of <bndbox> is \"1e400\", needs a number of pixels.",
        "<xmin>1</xmin>|<!-- -->|<bndbox> has 0 elements <xmin>, needs one.",
        "<difficult>0|<difficult>yes|<difficult> of <object> is \"yes\", needs 0 or 1.",
        "<width>20|<width>0|<width> of <size> is \"0\", needs a whole number >= 1.",
        "<width>20|<width>-3|<width> of <size> is \"-3\", needs a whole number >= 1.",
        "<name>person|<name>|an object has an empty <name>, needs its class.",
        "<name>person</name>|''|<object> has 0 elements <name>, needs one."})
    void elementsThatHoldWhatTheyShouldNot(String from, String to, String message) {
        assertEquals("a.xml: " + message, error(VocFiles.annotation(PERSON).replaceFirst(from, to)));
    }

    /** Neither a file of this machine nor a bomb is expanded: declarations are refused outright. */
    @Test
    void entitiesAreRefused(@TempDir Path dir) throws IOException {
        Path secret = Files.writeString(dir.resolve("secret.txt"), "hidden words");
        String external = "<!DOCTYPE a [<!ENTITY e SYSTEM \"" + secret.toUri() + "\">]>"
                + VocFiles.annotation(PERSON).replace("person", "&e;");
        String message = error(external);
        assertTrue(message.contains("DOCTYPE"), message);
        assertFalse(message.contains("hidden"), message);
        StringBuilder bomb = new StringBuilder("<!DOCTYPE a [<!ENTITY e0 \"ha\">");
        for (int i = 1; i < 30; i++) {
            bomb.append("<!ENTITY e").append(i).append(" \"&e").append(i - 1).append(";&e").append(i - 1).append(";\">");
        }
        assertTrue(error(bomb + "]>" + VocFiles.annotation(PERSON).replace("person", "&e29;")).contains("DOCTYPE"));
        assertTrue(error("<!DOCTYPE a SYSTEM \"http://localhost:1/a.dtd\">" + VocFiles.annotation()).contains("DOCTYPE"));
        assertTrue(error(VocFiles.annotation(PERSON).replace("person", "&e;")).contains("line 1"));
    }

    @Test
    void largeAndDeepFilesAreRefused() {
        assertTrue(assertThrows(CorruptFileException.class, () -> VocXml.parse("a.xml", new byte[VocXml.MOST_BYTES + 1])).getMessage()
                .startsWith("a.xml: has 4194305 bytes, more than"));
        assertThrows(CorruptFileException.class, () -> parse("<a>".repeat(100_000)));
    }

    /** Whatever happens to the bytes, the parser reads them or says that the file is corrupt, with memory in proportion to them. */
    @Test
    void mutationsAreReadOrRefused() throws IOException {
        byte[] valid = VocFiles.annotation(PERSON, VocFiles.object("cat", 3, 4, 5, 6)).getBytes(StandardCharsets.UTF_8);
        Philox.Stream random = new Philox.Stream(ROUNDS, valid.length, 0);
        int read = 0;
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            byte[] mutant = Mutations.mutate(valid, random);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                VocXml.parse("mutant", mutant);
                read++;
            } catch (CorruptFileException e) {
                assertTrue(e.getMessage().startsWith("mutant: ") && e.getMessage().length() < 1000 && e.getMessage().endsWith("."),
                        e.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("round " + round + ": " + new String(mutant, StandardCharsets.ISO_8859_1), e);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            assertTrue(round < 0 || allocated < (1 << 20) + 512L * mutant.length, "round " + round + " allocated " + allocated + " bytes");
        }
        assertTrue(read > 100, "changes of names and numbers load: " + read);
        assertTrue(read < ROUNDS / 2, "most changes break the form: " + read);
    }
}
