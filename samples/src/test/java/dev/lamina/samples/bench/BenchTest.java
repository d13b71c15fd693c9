package dev.lamina.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Turns, failures and sums of rounds, with contenders that only answer. */
class BenchTest {
    private static final String OWN = "{\"repetitions\": [%s], \"heap\": %s, \"rss\": %s, \"reorders\": [\"r\"], \"lowered\": [], "
            + "\"flops\": 2.0, \"sgemm\": %s, \"device\": \"d\", \"first_step_seconds\": 0.5}";

    /** Answers, or failures where an answer is empty, one after the other. */
    private record Scripted(String name, boolean trains, Deque<String> answers) implements Contender {
        Scripted(String name, boolean trains, String... answers) {
            this(name, trains, new ArrayDeque<>(List.of(answers)));
        }

        @Override
        public boolean takes(Workload workload, Mode mode) {
            return trains || mode == Mode.INFER;
        }

        @Override
        public JsonNode measure(Workload workload, Mode mode) throws Child.FailedException {
            String answer = answers.removeFirst();
            if (answer.isEmpty()) {
                throw new Child.FailedException("exit code 3");
            }
            try {
                return new ObjectMapper().readTree(answer);
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static Scripted ours() {
        return new Scripted("lamina", true, OWN.formatted("10,30", "0.4", "5", "80.0"), OWN.formatted("20,50", "0.1", "9", "100.0"));
    }

    private static String peer(String speeds) {
        return "{\"repetitions\": [" + speeds + "], \"peak_rss_bytes\": 3}";
    }

    @Test
    void contendersTakeTurnsAndRoundsArePutTogether() throws Exception {
        Bench bench = new Bench(ours(), List.of(new Scripted("p", true, peer("4"), peer("6"))), 2, 2);
        List<String> turns = new ArrayList<>();
        Row row = bench.measure(Workload.tiny(), Mode.TRAIN, turns::add);
        assertEquals(List.of("tiny train, lamina, round 1/2", "tiny train, p, round 1/2", "tiny train, lamina, round 2/2",
                "tiny train, p, round 2/2"), turns);
        assertEquals(new Statistics(25, 10, 50), row.ours().orElseThrow().speed());
        assertEquals(5, row.ratio().orElseThrow());
        assertEquals(9, row.ours().orElseThrow().peakResidentBytes());
        assertEquals(0, row.ours().orElseThrow().heapBytesPerStep());
        assertEquals(0.5, row.ours().orElseThrow().sgemmShare(), 1e-12);
        assertEquals(4, bench.processes(Workload.tiny(), Mode.TRAIN));
    }

    @Test
    void peersAreAskedOnlyForWhatTheyDo() throws Exception {
        Bench bench = new Bench(ours(), List.of(new Scripted("infersOnly", false)), 2, 2);
        assertEquals(2, bench.processes(Workload.tiny(), Mode.TRAIN));
        assertEquals(List.of(), bench.measure(Workload.tiny(), Mode.TRAIN, _ -> { }).peers());
    }

    @Test
    void aPeerThatFailsIsMarkedAndTheOthersGoOn() throws Exception {
        Scripted bad = new Scripted("bad", true, peer("900"), "");
        Bench bench = new Bench(ours(), List.of(bad, new Scripted("good", true, peer("4"), peer("6"))), 2, 2);
        Row row = bench.measure(Workload.tiny(), Mode.TRAIN, _ -> { });
        assertEquals("good", row.fastestPeer().orElseThrow().name());
        assertEquals("exit code 3", row.peers().getFirst().error());
        assertFalse(row.complete());
        String text = print(row);
        assertTrue(text.contains("bad                    FAILED, left out of the comparison: exit code 3"), text);
    }

    @Test
    void ownFailureIsPrintedAndLeavesTheOthersFigures() throws Exception {
        Bench bench = new Bench(new Scripted("lamina", true, ""), List.of(new Scripted("p", true, peer("4"))), 1, 2);
        Row row = bench.measure(Workload.tiny(), Mode.TRAIN, _ -> { });
        assertEquals("exit code 3", row.json().get("error"));
        assertEquals("p", row.json().get("peer"));
        assertFalse(row.json().containsKey("ratio"));
        assertTrue(print(row).contains("tiny train failed: exit code 3"), print(row));
    }

    @Test
    void tablesShowSpeedSharePeakHeapReordersAndRatio() throws Exception {
        Bench bench = new Bench(ours(), List.of(new Scripted("p", true, peer("4"), peer("6"))), 2, 2);
        String text = print(bench.measure(Workload.tiny(), Mode.TRAIN, _ -> { }));
        for (String part : new String[] {"workload", "25.00", "10.00 - 50.00", "50.0 %", "0 B", "p ", "5.00"}) {
            assertTrue(text.contains(part), part + " in\n" + text);
        }
    }

    @Test
    void aRoundIsNeeded() {
        assertEquals("bench: 0 rounds, needs at least 1.",
                assertThrows(IllegalArgumentException.class, () -> new Bench(ours(), List.of(), 0, 2)).getMessage());
    }

    private static String print(Row row) {
        StringWriter text = new StringWriter();
        Table.print(List.of(row), true, new PrintWriter(text));
        return text.toString();
    }
}
