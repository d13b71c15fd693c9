package dev.lamina.cpu.onednn;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.models.Models;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.GradientHook;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainingGraph;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;

/** LeNet's training step as the trainer compiles it, with inputs and the loss in native memory that is reused. */
final class LenetSteps implements AutoCloseable {
    private static final int BATCH = 16;
    private static final int PIXELS = 28;
    private static final int CLASSES = 10;

    private final Arena arena = Arena.ofShared();
    private final Map<String, Tensor> inputs;
    private final Tensor loss = Tensor.allocate(arena, DType.FLOAT32, Shape.scalar());
    private final State state;
    private final Executable executable;

    LenetSteps(Backend backend) {
        TrainingGraph training = TrainingGraph.training(Models.create("lenet", Shape.of(1, PIXELS, PIXELS), CLASSES),
                new ChannelStatistics(List.of(0.13), List.of(0.31)), TrainConfig.builder("lenet", "digits").batchSize(BATCH).build(),
                Optimizer.parse("momentum", 1e-4), GradientHook.none(), BATCH);
        Graph graph = training.graph();
        state = backend.createState(training.variables());
        executable = backend.compile(graph, CompileOptions.defaults());
        training.parameters().initialize(state, 1);
        state.set(TrainingGraph.LEARNING_RATE, Tensor.scalar(DType.FLOAT32, 0.01));
        state.set(GraphBuilder.SEED, Tensor.scalar(DType.INT64, 1));
        Tensor images = Tensor.allocate(arena, DType.UINT8, Shape.of(BATCH, 1, PIXELS, PIXELS));
        Tensor labels = Tensor.allocate(arena, DType.INT32, Shape.of(BATCH));
        for (int n = 0; n < BATCH; n++) {
            labels.setLong(n % CLASSES, n);
            for (int i = 0; i < PIXELS * PIXELS; i++) {
                images.setLong(n * 31L + i * 7L & 255, n, 0, i / PIXELS, i % PIXELS);
            }
        }
        inputs = Map.of(TrainingGraph.IMAGES, images, TrainingGraph.LABELS, labels);
    }

    /** Takes steps and reads the loss after each; gives the last. */
    double run(int steps) {
        for (int i = 0; i < steps; i++) {
            executable.run(state, inputs);
            executable.read(TrainingGraph.LOSS, loss);
        }
        return loss.item();
    }

    @Override
    public void close() {
        executable.close();
        state.close();
        arena.close();
    }
}
