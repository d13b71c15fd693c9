package dev.lamina.samples.bench;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.TensorType;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.GradientHook;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainingGraph;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Memory that training steps need: what the plan says before a step runs, and what the process then holds.
 *
 * <p>Variables and images are zeros, which take as much memory as any numbers. A first small model loads what every training needs, and the
 * Java heap is resident from the start, so that the growth that is measured is the model's: {@link #startProcess} starts such a process.
 */
public final class MemoryBenchmark {
    private static final int STEPS = 2;
    private static final List<String> FIXED_HEAP = List.of("-Xms768m", "-Xmx768m", "-XX:+AlwaysPreTouch");

    private MemoryBenchmark() { }

    /**
     * What was found, in bytes.
     *
     * @param arena the compiled step's intermediate values, gradients and scratch memory
     * @param state parameters, optimizer's copies, running statistics
     * @param batch the batch that is fed from outside the arena
     * @param measured growth of the process's resident memory at its highest
     * @param secondsOfLastStep time of the last step
     */
    public record Result(long arena, long state, long batch, long measured, double secondsOfLastStep) {
        /** All that is foreseen. */
        public long planned() {
            return arena + state + batch;
        }

        /** How much more was measured than planned, as a share of the plan. */
        public double excess() {
            return (double) (measured - planned()) / planned();
        }
    }

    /**
     * Runs a program in a process like this one whose Java heap is resident from the start; its exit code.
     *
     * @throws IOException if it cannot be started
     */
    public static int startProcess(String mainClass, List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Jvm.likeThis(mainClass, arguments));
        command.removeIf(o -> o.startsWith("-Xmx") || o.startsWith("-Xms") || o.startsWith("-XX:AOTCache"));
        command.addAll(1, FIXED_HEAP);
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    /** Plans, and runs two training steps. */
    public static Result run(Backend backend, Model small, Model model, Optimizer optimizer, int batch) {
        if (!ResidentMemory.isKnown()) {
            throw new IllegalStateException("bench memory: resident memory is read from /proc, which this system does not have. Use "
                    + "Linux.");
        }
        steps(backend, small, optimizer, 1);
        System.gc();
        ResidentMemory.resetPeak();
        long before = ResidentMemory.now();
        Result planned = steps(backend, model, optimizer, batch);
        long grown = ResidentMemory.peak() - before;
        return new Result(planned.arena, planned.state, planned.batch, grown, planned.secondsOfLastStep);
    }

    private static Result steps(Backend backend, Model model, Optimizer optimizer, int batch) {
        int channels = Math.toIntExact(model.inputShape().dim(0));
        ChannelStatistics statistics = new ChannelStatistics(Collections.nCopies(channels, 0.5), Collections.nCopies(channels, 0.25));
        TrainConfig config = TrainConfig.builder(model.name(), "zeros").batchSize(batch).build();
        TrainingGraph graph = TrainingGraph.training(model, statistics, config, optimizer, GradientHook.none(), batch);
        Shape in = model.inputShape();
        Map<String, Tensor> inputs = Map.of(
                TrainingGraph.IMAGES, Tensor.zeros(DType.UINT8, Shape.of(batch, in.dim(0), in.dim(1), in.dim(2))),
                TrainingGraph.LABELS, Tensor.zeros(DType.INT32, Shape.of(batch)));
        try (Executable step = backend.compile(graph.graph(), CompileOptions.defaults().requiringDeterminism());
                State state = backend.createState(graph.variables())) {
            double seconds = 0;
            for (int i = 0; i < STEPS; i++) {
                long start = System.nanoTime();
                step.run(state, inputs);
                step.read(TrainingGraph.LOSS);
                seconds = (System.nanoTime() - start) * 1e-9;
            }
            return new Result(step.memoryPlan().bytes(), state.variables().values().stream().mapToLong(TensorType::bytes).sum(),
                    inputs.values().stream().mapToLong(t -> t.memory().byteSize()).sum(), 0, seconds);
        }
    }
}
