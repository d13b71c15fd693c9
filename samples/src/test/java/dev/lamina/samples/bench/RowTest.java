package dev.lamina.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RowTest {
    private static Optional<Row.Own> ours(double... speeds) {
        Statistics speed = Statistics.of(java.util.Arrays.stream(speeds).boxed().toList());
        return Optional.of(new Row.Own(speed, 0, 1 << 20, 2e9, 1e6, 0.5, List.of("x: nchw -> blocked, 4 bytes (input)"), List.of(),
                Optional.empty()));
    }

    private static Row.PeerResult peer(String name, double... speeds) {
        return new Row.PeerResult(name, Optional.of(Statistics.of(java.util.Arrays.stream(speeds).boxed().toList())), 7, 1.5, "");
    }

    private static Row.PeerResult failed(String name) {
        return new Row.PeerResult(name, Optional.empty(), 0, 0, "exit code 1");
    }

    @Test
    void medianAndRangeOfOddAndEvenCounts() {
        assertEquals(new Statistics(2, 1, 9), Statistics.of(List.of(9.0, 1.0, 2.0)));
        assertEquals(new Statistics(2.5, 1, 9), Statistics.of(List.of(9.0, 1.0, 2.0, 3.0)));
        assertThrows(IllegalArgumentException.class, () -> Statistics.of(List.of()));
    }

    @Test
    void ratioIsAgainstThePeerWithTheHighestMedianNotTheHighestMaximum() {
        Row row = new Row("lenet", Mode.TRAIN, 2, ours(300, 100, 200), List.of(peer("a", 10, 20, 900), peer("b", 50, 50, 50)), "");
        assertEquals("b", row.fastestPeer().orElseThrow().name());
        assertEquals(4, row.ratio().orElseThrow());
        assertTrue(row.complete());
    }

    @Test
    void failedPeersAreMarkedAndNeverTheFastest() {
        Row row = new Row("lenet", Mode.INFER, 2, ours(100), List.of(failed("a"), peer("b", 50)), "");
        assertEquals(2, row.ratio().orElseThrow());
        assertFalse(row.complete());
        List<?> peers = (List<?>) row.json().get("peers");
        assertEquals(Map.of("peer", "a", "error", "exit code 1"), peers.get(0));
        assertEquals(Optional.empty(), new Row("lenet", Mode.INFER, 2, ours(100), List.of(failed("a")), "").ratio());
    }

    @Test
    void jsonHasTheFieldsThatProgramsReadInTheirOrder() {
        Map<String, Object> json = new Row("mlp", Mode.TRAIN, 2, ours(300, 100, 200), List.of(peer("b", 50)), "").json();
        assertEquals(List.of("workload", "mode", "threads", "samples_per_second", "min", "max", "heap_bytes_per_step", "reorders_per_step",
                "peak_rss_bytes", "sgemm_share", "sgemm_flops_per_second", "first_step_seconds", "peer", "peer_samples_per_second", "ratio",
                "peers"),
                List.copyOf(json.keySet()));
        assertEquals("train", json.get("mode"));
        assertEquals(200.0, json.get("samples_per_second"));
        assertEquals(1, json.get("reorders_per_step"));
        assertEquals(0.1, (double) json.get("sgemm_share"), 1e-12);
        assertEquals(4.0, json.get("ratio"));
    }

    @Test
    void withoutPeersThereIsNoRatio() {
        Map<String, Object> json = new Row("mlp", Mode.TRAIN, 2, ours(300), List.of(), "").json();
        for (String field : new String[] {"peer", "peer_samples_per_second", "ratio", "peers", "error"}) {
            assertFalse(json.containsKey(field), field);
        }
    }
}
