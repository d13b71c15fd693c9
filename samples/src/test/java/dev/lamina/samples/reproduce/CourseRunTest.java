package dev.lamina.samples.reproduce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CourseRunTest {
    private final Backend backend = Backends.open("reference");
    private final StringWriter text = new StringWriter();
    private final List<String> measured = new ArrayList<>();
    @TempDir
    private Path dir;

    @AfterEach
    void close() {
        backend.close();
    }

    private Row row(String name, double figure, Band band) {
        return new Row(9, name, "%", "seed 1", band, 1, _ -> {
            measured.add(name);
            return figure;
        });
    }

    private boolean run(boolean resume, Row... rows) throws IOException {
        measured.clear();
        return new CourseRun(backend, dir, dir.resolve("out"), new PrintWriter(text)).run(List.of(rows), resume);
    }

    @Test
    void figuresStandBesideTheirBandsAndAMissIsSaid() throws IOException {
        assertTrue(run(false, row("good", 50, Band.between(40, 60))));
        assertFalse(run(false, row("good", 50, Band.between(40, 60)), row("bad", 39.5, Band.atLeast(40)), row("nan", Double.NaN,
                Band.atMost(1))));
        String out = text.toString();
        assertTrue(out.contains("40 to 60 %"), out);
        assertTrue(out.lines().anyMatch(l -> l.contains("bad") && l.contains(">= 40 %") && l.contains("39.50 %") && l.contains("MISS")),
                out);
        assertTrue(out.contains("1 of 3 figures are in their bands"), out);
        assertTrue(Files.readString(dir.resolve("out/course.csv")).contains("9,\"bad\",%,\">= 40\",39.5,MISS,"));
        assertTrue(Files.readString(dir.resolve("out/course.html")).contains("&gt;= 40 %</td>"));
    }

    @Test
    void dataThatIsMissingIsNoFigureAndTheOthersGoOn() throws IOException {
        Row missing = new Row(9, "missing", "", "", Band.below(1), 1, l -> l.pixels("mnist").train().size());
        assertFalse(run(false, missing, row("after", 1, Band.atMost(1))));
        assertEquals(List.of("after"), measured);
        assertTrue(text.toString().lines().anyMatch(l -> l.contains("missing") && l.contains("NO FIGURE") && l.contains("mnist")));
    }

    @Test
    void resumeKeepsFiguresOfRowsThatHaveNotChanged() throws IOException {
        Row first = row("first", 1, Band.atMost(1));
        run(false, first, row("second", 5, Band.atMost(1)));
        assertFalse(run(true, first, row("second", 5, Band.atMost(1)), row("third", 1, Band.atMost(1))));
        assertEquals(List.of("third"), measured);
        assertTrue(run(true, first, row("second", 5, Band.atMost(6))), "another band, another row");
        assertEquals(List.of("second"), measured);
        assertEquals(3, Report.read(dir.resolve("out")).outcomes().size(), "figures of rows that were not asked for stay");
    }

    @Test
    void resumingNothingIsAnError() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> run(true, row("a", 1, Band.atMost(1)))).getMessage()
                .startsWith("reproduce: --resume, but there is no "));
    }

    @Test
    void resultsThatRowsShareAreComputedOnce() throws IOException {
        int[] calls = {0};
        Row.Measure shared = l -> l.once("shared", Integer.class, () -> ++calls[0]);
        assertTrue(run(false, new Row(9, "a", "", "", Band.between(1, 1), 1, shared),
                new Row(9, "b", "", "", Band.between(1, 1), 1, shared)));
    }

    @Test
    void courseHasTheRowsOfItsSections() {
        List<Row> rows = Course.rows();
        assertEquals(4, rows.stream().filter(r -> r.section() == 1).count());
        assertEquals(30, rows.stream().filter(r -> r.section() == 3).count());
        assertEquals(18, rows.stream().filter(r -> r.section() == 4).count());
        assertEquals(14, rows.stream().filter(r -> r.section() == 5).count());
        assertEquals(rows.size(), rows.stream().map(Row::key).distinct().count());
        assertEquals(4, Row.matching(rows, Pattern.compile("^4 rings")).size());
        assertTrue(rows.stream().mapToDouble(Row::seconds).sum() < 30 * 60);
        assertEquals("reproduce: --only nothing matches none of the rows. See them with --list.",
                assertThrows(IllegalArgumentException.class, () -> Row.matching(rows, Pattern.compile("nothing"))).getMessage());
    }

    @Test
    void bandsHoldTheirEnds() {
        assertTrue(Band.between(1, 2).accepts().test(2));
        assertTrue(Band.atMost(77).accepts().test(77));
        assertFalse(Band.below(1e-4).accepts().test(1e-4));
        assertFalse(Band.between(0, 1).accepts().test(Double.NaN));
        assertTrue(Band.about(17.7).accepts().test(30));
        assertFalse(Band.about(17.7).accepts().test(Double.POSITIVE_INFINITY));
        assertEquals("about 17.7", Band.about(17.7).text());
        assertEquals("< 1e-04", Band.below(1e-4).text());
        assertEquals("91.8 to 92.6", Band.between(91.8, 92.6).text());
    }
}
