package dev.lamina.samples.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.CompileReport;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.optim.Sgd;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.List;

/**
 * Measures one workload on a device, in a process of its own. Arguments: workload, mode, precision, backend, device, {@code smoke} or
 * {@code full}, warm-up seconds, seconds, repetitions. The last line on standard output is the {@link Measurement} as JSON.
 */
public final class GpuProcess {
    /** What the PyTorch script's optimizer does too. */
    private static final Sgd UPDATES = Sgd.momentum(0.9).withWeightDecay(5e-4);
    private static final double RATE = 1e-3;

    private GpuProcess() { }

    /** Measures. */
    public static void main(String[] args) throws IOException {
        boolean smoke = args[5].equals("smoke");
        Timing timing = new Timing(Double.parseDouble(args[6]), Double.parseDouble(args[7]), Integer.parseInt(args[8]));
        try (Backend backend = Backends.choose(args[3], new DeviceOptions(Integer.parseInt(args[4]), 0)).backend()) {
            Measurement measured = measure(backend, GpuWorkloads.named(List.of(args[0]), smoke).getFirst(), Mode.of(args[1]),
                    Precision.of(args[2]), timing, smoke ? Ceilings.Size.SMOKE : Ceilings.Size.DEVICE);
            System.out.println();
            System.out.println(JsonMapper.builder().build().writeValueAsString(measured));
        }
    }

    static Measurement measure(Backend backend, Workload workload, Mode mode, Precision precision, Timing timing, Ceilings.Size size) {
        BenchGraph graph = BenchGraph.of(workload, mode, UPDATES, RATE);
        CompileOptions options = CompileOptions.defaults().withPrecision(precision);
        Timing.Result timed;
        CompileReport report;
        Ceilings ceilings;
        DeviceFigures figures;
        try (Executable executable = backend.compile(graph.graph(), options); State state = graph.newState(backend)) {
            report = executable.report();
            Tensor result = graph.newResult();
            Steps steps = Steps.of(executable, state, graph.inputs(), graph.output(), result);
            timed = timing.measure(steps);
            executable.run(state, graph.inputs());
            executable.read(graph.output(), result);
            BenchProcess.requireFinite(workload, mode, result);
            ceilings = Ceilings.measure(backend, precision, size);
            figures = DeviceFigures.of(executable, state, graph.graph(), steps.clock(), ceilings.copy());
        }
        return BenchProcess.measurement(workload, graph, timed, report, backend, ceilings.gemm(), figures);
    }
}
