package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileReport;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Measures one workload in this process, so that its peak memory and compiled code are its own. Arguments: workload, mode, backend,
 * threads, warm-up seconds, seconds, repetitions. The last line on standard output is the {@link Measurement} as JSON.
 */
public final class BenchProcess {
    private BenchProcess() { }

    /** Measures. */
    public static void main(String[] args) throws IOException {
        Timing timing = new Timing(Double.parseDouble(args[4]), Double.parseDouble(args[5]), Integer.parseInt(args[6]));
        try (Backend backend = Backends.choose(args[2], new DeviceOptions(0, Integer.parseInt(args[3]))).backend()) {
            Measurement measured = measure(backend, Workload.named(args[0]), Mode.of(args[1]), timing);
            System.out.println();
            System.out.println(JsonMapper.builder().build().writeValueAsString(measured));
        }
    }

    static Measurement measure(Backend backend, Workload workload, Mode mode, Timing timing) {
        BenchGraph graph = BenchGraph.of(workload, mode);
        Timing.Result timed;
        CompileReport report;
        try (Executable executable = backend.compile(graph.graph(), CompileOptions.defaults()); State state = graph.newState(backend)) {
            report = executable.report();
            Tensor result = graph.newResult();
            timed = timing.measure(() -> {
                executable.run(state, graph.inputs());
                executable.read(graph.output(), result);
            });
            requireFinite(workload, mode, result);
        }
        return measurement(workload, graph, timed, report, backend, SgemmPeak.measure(backend), null);
    }

    static Measurement measurement(Workload workload, BenchGraph graph, Timing.Result timed, CompileReport report, Backend backend,
            double gemmPeak, DeviceFigures onDevice) {
        long resident = Usage.peakResidentBytes().orElse(0);
        List<Double> speeds = Arrays.stream(timed.stepsPerSecond()).map(s -> s * workload.batch()).boxed().toList();
        return new Measurement(speeds, Statistics.median(timed.heapBytesPerStep()), resident,
                report.reorders().stream().map(BenchProcess::text).toList(), report.lowered().stream().map(BenchProcess::text).toList(),
                (double) graph.graph().flops() / workload.batch(), gemmPeak, backend.device().name(), timed.firstStepSeconds(), onDevice);
    }

    static void requireFinite(Workload workload, Mode mode, Tensor result) {
        for (double value : result.toDoubles()) {
            if (!Double.isFinite(value)) {
                throw new IllegalStateException("bench: " + workload.name() + " " + mode.label() + " ended with " + value
                        + "; speeds of such a run mean nothing.");
            }
        }
    }

    private static String text(CompileReport.Reorder reorder) {
        return "%s: %s -> %s, %,d bytes (%s)".formatted(reorder.value(), reorder.from(), reorder.to(), reorder.bytes(), reorder.reason());
    }

    private static String text(CompileReport.Lowered lowered) {
        String note = lowered.note().isEmpty() ? "" : " (" + lowered.note() + ")";
        return String.join(" + ", lowered.nodes()) + ": " + lowered.implementation() + note;
    }
}
