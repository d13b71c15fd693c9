package dev.lamina.parity;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Window;
import dev.lamina.models.ModelOptions;
import dev.lamina.models.Models;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.nn.Sequential;
import dev.lamina.optim.Sgd;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.Locale;

/** Training steps of models, small enough for a check on the reference. */
public enum CheckedModels {
    /** Matrix products. */
    MLP(6, 1, 9, 7),
    /** Convolutions and pooling. */
    LENET(4, 1, 28, 28),
    /** Batch and local response normalisation, dropout, biases that normalisation cancels. */
    MIXED(4, 3, 13, 11),
    /** Residual sums. */
    RESNET20(2, 3, 16, 16),
    /** Branches side by side, pooling windows that hang over the end; narrow. */
    SQUEEZENET(2, 3, 32, 32),
    /** Groups, overlapping pooling; 60 million parameters. */
    ALEXNET(2, 3, 67, 67);

    private final long batch;
    private final Shape input;

    CheckedModels(long batch, long... input) {
        this.batch = batch;
        this.input = Shape.of(input);
    }

    private Model create() {
        return switch (this) {
            case MIXED -> mixed();
            case SQUEEZENET -> Models.create("squeezenet1.1", input, 10, ModelOptions.defaults().width(0.25));
            default -> Models.create(name().toLowerCase(Locale.ROOT), input, 10);
        };
    }

    private Model mixed() {
        Window same = Window.of(3).padding(1);
        return new Model("mixed", input, 10, Sequential.of(
                Layers.conv2d("conv1", 9, same), Layers.batchNorm2d("bn1"), Layers.relu(), Layers.maxPool(2),
                Layers.conv2d("conv2", 8, same), Layers.batchNorm2d("bn2"), Layers.relu(), Layers.lrn(5, 1e-2, 0.75, 1),
                Layers.dropout(0.5), Layers.flatten(), Layers.linear("fc1", 33), Layers.batchNorm1d("bn3"), Layers.relu(),
                Layers.dropout(0.25), Layers.linear("fc2", 10)));
    }

    /** Training steps by momentum, from weights drawn by seed. */
    public ModelSteps steps(Backend backend) {
        return new ModelSteps(backend, create(), DType.FLOAT32, batch, Sgd.momentum(0.9).withWeightDecay(1e-3), 0.02);
    }
}
