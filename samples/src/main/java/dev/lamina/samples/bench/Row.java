package dev.lamina.samples.bench;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The result of one workload and mode.
 *
 * @param workload its name
 * @param mode what a step does
 * @param threads worker threads of all contenders
 * @param ours Lamina's figures, empty if it failed
 * @param peers the others', those that failed included
 * @param error why Lamina failed, or empty
 */
record Row(String workload, Mode mode, int threads, Optional<Own> ours, List<PeerResult> peers, String error) {
    /** Copies the list. */
    Row {
        peers = List.copyOf(peers);
    }

    /**
     * Lamina's figures.
     *
     * @param speed samples per second
     * @param heapBytesPerStep the highest of all rounds
     * @param peakResidentBytes the highest of all rounds, 0 where the system does not tell
     * @param sgemmPeak FLOP/s of a large matrix product
     * @param flopsPerSample floating-point operations, by the graph
     * @param firstStepSeconds from the start of the process to the end of the first step, the least of all rounds
     * @param onDevice further figures of {@code bench gpu}
     */
    record Own(Statistics speed, long heapBytesPerStep, long peakResidentBytes, double sgemmPeak, double flopsPerSample,
            double firstStepSeconds, List<String> reorders, List<String> lowered, Optional<DeviceFigures> onDevice) {
        /** Copies the lists. */
        Own {
            reorders = List.copyOf(reorders);
            lowered = List.copyOf(lowered);
        }

        /** Speed in FLOP/s. */
        double flopsPerSecond() {
            return speed.median() * flopsPerSample;
        }

        /** Speed in FLOP/s over that of a large matrix product. */
        double sgemmShare() {
            return flopsPerSecond() / sgemmPeak;
        }
    }

    /**
     * A peer's figures.
     *
     * @param speed samples per second, empty if it failed
     * @param firstStepSeconds as of Lamina
     * @param error why it failed, or empty
     */
    record PeerResult(String name, Optional<Statistics> speed, long peakResidentBytes, double firstStepSeconds, String error) {
        double median() {
            return speed.map(Statistics::median).orElse(0.0);
        }
    }

    /** The peer with the highest median, if one has any. */
    Optional<PeerResult> fastestPeer() {
        return peers.stream().filter(p -> p.speed.isPresent()).max(Comparator.comparingDouble(PeerResult::median));
    }

    /** Lamina's median over the fastest peer's. */
    Optional<Double> ratio() {
        return fastestPeer().flatMap(p -> ours.map(o -> o.speed.median() / p.median()));
    }

    boolean complete() {
        return ours.isPresent() && peers.stream().allMatch(p -> p.speed.isPresent());
    }

    /** For programs; figures that do not exist are left out. */
    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("workload", workload);
        json.put("mode", mode.label());
        json.put("threads", threads);
        ours.ifPresent(o -> {
            putSpeed(json, o.speed);
            json.put("heap_bytes_per_step", o.heapBytesPerStep);
            json.put("reorders_per_step", o.reorders.size());
            json.put("peak_rss_bytes", o.peakResidentBytes);
            json.put("sgemm_share", o.sgemmShare());
            json.put("sgemm_flops_per_second", o.sgemmPeak);
            json.put("first_step_seconds", o.firstStepSeconds);
        });
        if (!error.isEmpty()) {
            json.put("error", error);
        }
        fastestPeer().ifPresent(p -> {
            json.put("peer", p.name);
            json.put("peer_samples_per_second", p.median());
        });
        ratio().ifPresent(r -> json.put("ratio", r));
        if (!peers.isEmpty()) {
            json.put("peers", peers.stream().map(Row::json).toList());
        }
        return json;
    }

    private static Map<String, Object> json(PeerResult peer) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("peer", peer.name);
        peer.speed.ifPresent(s -> {
            putSpeed(json, s);
            json.put("peak_rss_bytes", peer.peakResidentBytes);
            json.put("first_step_seconds", peer.firstStepSeconds);
        });
        if (!peer.error.isEmpty()) {
            json.put("error", peer.error);
        }
        return json;
    }

    private static void putSpeed(Map<String, Object> json, Statistics speed) {
        json.put("samples_per_second", speed.median());
        json.put("min", speed.min());
        json.put("max", speed.max());
    }
}
