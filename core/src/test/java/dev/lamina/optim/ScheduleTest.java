package dev.lamina.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
    @CsvSource(delimiter = '|', textBlock = """
            cosinus             | it is unknown; known are constant, cosine[:least], linear, onecycle, step:N[:factor], \
            multistep:N,N,...[:factor], plateau[:factor[:patience]], warmup:N[,start]:schedule; N in epochs, or N% of the steps.
            step                | "step" takes 1 to 2 numbers, got 0.
            step:a              | "a" is not a whole number.
            step:0              | 0, needs 1 to 2147483647.
            step:3:x            | "x" is not a number.
            step:3:0            | factor = 0.0, needs > 0.
            step:0%             | 0.0%, needs more than 0 % and at most 100 %.
            step:NaN%           | "NaN" is not a finite number.
            multistep:1,,3      | "" is not a whole number.
            multistep:-1        | -1, needs 0 to 2147483647.
            multistep:5,101%    | 101.0%, needs at least 0 % and at most 100 %.
            cosine:-1           | least rate = -1.0, needs >= 0.
            cosine:Infinity     | "Infinity" is not a finite number.
            cosine:0:0          | "cosine" takes 0 to 1 numbers, got 2.
            constant:1          | "constant" takes 0 numbers, got 1.
            plateau:1           | factor = 1.0, needs 0 < factor < 1.
            plateau:0.5:x       | "x" is not a whole number.
            plateau:0.5:-1      | -1, needs 0 to 2147483647.
            plateau:0.5:1:1     | "plateau" takes 0 to 2 numbers, got 3.
            warmup:5            | warm-up needs a length and a schedule, e.g. warmup:5:cosine.
            warmup:200:cosine   | warm-up of 200 steps does not fit 100 steps.
            warmup:5:foo        | "foo" is unknown; known are constant,
            warmup:5,2:cosine   | start = 2.0, needs 0 <= start <= 1.
            warmup:5,0,0:cosine | "5,0,0" is no length of warm-up, needs N or N,start.
            """)
    void refused(String text, String fact) {
        String message = assertThrows(IllegalArgumentException.class, () -> Schedule.parse(text, 1, 100)).getMessage();
        assertTrue(message.startsWith("schedule \"" + text + "\": " + fact), message);
    }

    @ParameterizedTest
    @CsvSource({"'multistep:50%,75%', 49, 1", "'multistep:50%,75%', 50, 0.1", "'multistep:50%,75%', 75, 0.01", "step:25%:0.5, 50, 0.25",
        "'warmup:10,0.5:constant', 0, 0.5", "'warmup:10,0.5:constant', 10, 1", "'warmup:20:multistep:50%', 59, 1",
        "'warmup:20:multistep:50%', 60, 0.1"})
    void sharesOfTheSteps(String text, long step, double expected) {
        assertEquals(expected, Schedule.parse(text, 1, 100).rate(step), 1e-12);
    }

    private static double afterLosses(String text, Double... losses) {
        return Schedule.parse(text, 1, 100).after(List.of(losses)).rate(50);
    }

    @Test
    void plateauFallsAfterMoreEpochsThanItsPatience() {
        assertEquals(1, afterLosses("plateau:0.1:1"));
        assertEquals(1, afterLosses("plateau:0.1:1", 3.0, 3.0));
        assertEquals(0.1, afterLosses("plateau:0.1:1", 3.0, 3.0, 3.5), 1e-15);
        assertEquals(0.1, afterLosses("plateau:0.1:1", 3.0, 3.0, 3.5, 3.5), 1e-15, "counting starts anew after a fall");
        assertEquals(0.01, afterLosses("plateau:0.1:1", 3.0, 3.0, 3.5, 3.5, 3.5), 1e-15);
        assertEquals(1, afterLosses("plateau:0.1:1", 3.0, 3.0, 2.9, 3.0));
        assertEquals(0.5, afterLosses("plateau:0.5:0", 3.0, 2.9999), 1e-15, "less than a ten-thousandth is no improvement");
        assertEquals(1, afterLosses("plateau:0.5:0", 3.0, 2.9996));
        assertEquals(0.5, afterLosses("plateau:0.5:0", 3.0, Double.NaN), 1e-15);
        Double[] eleven = new Double[11];
        Arrays.fill(eleven, 1.0);
        assertEquals(1, afterLosses("plateau", eleven), "ten epochs without improvement are borne");
        assertEquals(0.1, afterLosses("plateau", Stream.concat(Arrays.stream(eleven), Stream.of(1.0)).toArray(Double[]::new)), 1e-15);
    }

    @Test
    void plateauFollowsAWarmup() {
        Schedule schedule = Schedule.parse("warmup:4:plateau:0.5:0", 1, 100).after(List.of(1.0, 2.0));
        assertEquals(0.125, schedule.rate(0));
        assertEquals(0.5, schedule.rate(10));
        assertEquals(1, schedule.after(List.of()).rate(10), "a function of the losses alone");
    }
}
