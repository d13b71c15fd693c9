package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures workloads, each contender in a process of its own, in turn (A B C A B C ...), and puts the figures of all rounds together.
 *
 * @param ours Lamina
 * @param peers the others, maybe none
 * @param rounds how often each contender is measured
 */
record Bench(Contender ours, List<? extends Contender> peers, int rounds, int threads) {
    /** Checks the numbers. */
    Bench {
        peers = List.copyOf(peers);
        if (rounds < 1) {
            throw new IllegalArgumentException("bench: " + rounds + " rounds, needs at least 1.");
        }
    }

    /** Answers and errors of one contender. */
    private static final class Answers {
        private final List<JsonNode> answers = new ArrayList<>();
        private String error = "";

        double firstStepSeconds() {
            return answers.stream().mapToDouble(a -> a.path("first_step_seconds").doubleValue()).min().orElse(0);
        }

        Optional<Statistics> speed() {
            List<Double> all = new ArrayList<>();
            answers.forEach(a -> a.get("repetitions").forEach(r -> all.add(r.doubleValue())));
            return error.isEmpty() ? Optional.of(Statistics.of(all)) : Optional.empty();
        }
    }

    /** Processes that a workload and mode takes. */
    int processes(Workload workload, Mode mode) {
        return rounds * contenders(workload, mode).size();
    }

    private List<Contender> contenders(Workload workload, Mode mode) {
        List<Contender> all = new ArrayList<>(List.of(ours));
        peers.stream().filter(p -> p.takes(workload, mode)).forEach(all::add);
        return all;
    }

    /**
     * Measures one workload; who fails is left out of further rounds and carries the error in the result.
     *
     * @param beforeEach told what is about to be measured
     */
    Row measure(Workload workload, Mode mode, Consumer<String> beforeEach) throws IOException, InterruptedException {
        Map<Contender, Answers> all = new LinkedHashMap<>();
        contenders(workload, mode).forEach(c -> all.put(c, new Answers()));
        for (int round = 1; round <= rounds; round++) {
            for (Map.Entry<Contender, Answers> entry : all.entrySet()) {
                beforeEach.accept(workload.name() + " " + mode.label() + ", " + entry.getKey().name()
                        + (rounds > 1 ? ", round " + round + "/" + rounds : ""));
                ask(entry.getKey(), entry.getValue(), workload, mode);
            }
        }
        Answers own = all.get(ours);
        List<Row.PeerResult> results = all.entrySet().stream().filter(e -> e.getKey() != ours).map(e -> result(e.getKey(), e.getValue()))
                .toList();
        return new Row(workload.name(), mode, threads, own(own), results, own.error);
    }

    private static void ask(Contender contender, Answers answers, Workload workload, Mode mode) throws IOException, InterruptedException {
        if (!answers.error.isEmpty()) {
            return;
        }
        try {
            answers.answers.add(contender.measure(workload, mode));
        } catch (Child.FailedException e) {
            answers.error = e.getMessage();
        }
    }

    private static Optional<Row.Own> own(Answers own) throws IOException {
        Optional<Statistics> speed = own.speed();
        if (speed.isEmpty()) {
            return Optional.empty();
        }
        JsonMapper mapper = JsonMapper.builder().build();
        List<Measurement> measured = new ArrayList<>();
        for (JsonNode answer : own.answers) {
            measured.add(mapper.treeToValue(answer, Measurement.class));
        }
        double peak = measured.stream().mapToDouble(Measurement::sgemmPeak).max().orElseThrow();
        Measurement last = measured.getLast();
        return Optional.of(new Row.Own(speed.get(), measured.stream().mapToLong(m -> Math.round(m.heapBytesPerStep())).max().orElseThrow(),
                measured.stream().mapToLong(Measurement::peakResidentBytes).max().orElseThrow(),
                peak, last.flopsPerSample(), own.firstStepSeconds(), last.reorders(), last.lowered(),
                Optional.ofNullable(last.onDevice())));
    }

    private static Row.PeerResult result(Contender contender, Answers answers) {
        long resident = answers.answers.stream().mapToLong(a -> a.path("peak_rss_bytes").longValue()).max().orElse(0);
        return new Row.PeerResult(contender.name(), answers.speed(), resident, answers.firstStepSeconds(), answers.error);
    }
}
