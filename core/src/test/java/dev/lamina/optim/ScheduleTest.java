package dev.lamina.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    private static final String RECORD = "shared/optimizer-steps/warmup_linear_scheduler_warmupstep-30.json";

    @ParameterizedTest
    @CsvSource({"0, 0.1", "25, 0.0853553", "50, 0.05", "75, 0.0146447", "100, 0", "150, 0"})
    void cosine(long step, double expected) {
        assertEquals(expected, Schedule.cosine(0.1, 100).rate(step), 5e-8);
    }

    @Test
    void warmupAgainstRecordedSteps() throws IOException {
        Path record = null;
        for (Path at = Path.of("").toAbsolutePath(); at != null && record == null; at = at.getParent()) {
            record = Files.exists(at.resolve(RECORD)) ? at.resolve(RECORD) : null;
        }
        Assumptions.assumeTrue(record != null, RECORD + " is not in a directory above; the check against PyTorch is skipped.");
        Schedule schedule = Schedule.warmupLinear(0.001, 30, 100);
        Matcher row = Pattern.compile("\\[\\s*(\\d+),\\s*\\[\\s*([-+.eE0-9]+)\\s*]\\s*]").matcher(Files.readString(record));
        int rows = 0;
        for (; row.find(); rows++) {
            assertEquals(Double.parseDouble(row.group(2)), schedule.rate(Long.parseLong(row.group(1))), 1e-12);
        }
        assertEquals(100, rows);
    }

    @Test
    void steps() {
        Schedule step = Schedule.step(1, 30, 0.1);
        assertEquals(1, step.rate(29));
        assertEquals(0.1, step.rate(30), 1e-15);
        assertEquals(0.01, step.rate(60), 1e-15);
        Schedule multi = Schedule.multiStep(1, 0.5, 20, 10);
        assertEquals(1, multi.rate(9));
        assertEquals(0.5, multi.rate(10));
        assertEquals(0.25, multi.rate(20));
        assertEquals(3, Schedule.constant(3).rate(1000));
    }

    @Test
    void warmupThenAnother() {
        Schedule schedule = Schedule.warmup(4, Schedule.cosine(1, 10));
        assertEquals(0.25, schedule.rate(0));
        assertEquals(1, schedule.rate(3));
        assertEquals(1, schedule.rate(4));
        assertEquals(0.5, schedule.rate(9), 1e-15);
        assertEquals(0.5, Schedule.warmupFrom(0.5, 4, Schedule.constant(1)).rate(0));
    }

    @Test
    void oneCycleRisesAndFalls() {
        Schedule cycle = Schedule.oneCycle(1, 100);
        assertEquals(0.04, cycle.rate(0), 1e-12);
        assertEquals(1, cycle.rate(29), 1e-12);
        assertEquals(4e-6, cycle.rate(99), 1e-12);
        assertTrue(cycle.rate(60) < cycle.rate(40));
        assertTrue(Double.isFinite(Schedule.oneCycle(1, 1).rate(0)));
    }

    @ParameterizedTest
    @CsvSource({"constant, 50, 1", "cosine, 50, 0.5", "step:30:0.1, 30, 0.1", "step:30, 60, 0.01", "linear, 25, 0.75",
        "warmup:5:cosine, 0, 0.2", "warmup:4:step:2:0.5, 6, 0.5", "cosine:0.5, 100, 0.5", "'multistep:20,40:0.5', 45, 0.25"})
    void parsed(String text, long step, double expected) {
        assertEquals(expected, Schedule.parse(text, 1, 100).rate(step), 1e-12);
        assertEquals(Schedule.parse(text, 1, 100).rate(99), Schedule.parse(text, 1, 1000, 10).rate(990), 0.06);
    }

    @ParameterizedTest
    @CsvSource({"cosinus", "step", "step:a", "step:0", "warmup:5", "warmup:200:cosine", "constant:1", "step:3:x", "warmup:5:foo"})
    void refused(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Schedule.parse(text, 1, 100)).getMessage();
        assertTrue(message.startsWith("schedule \""), message);
    }
}
