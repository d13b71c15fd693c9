package dev.lamina.samples.bench;

import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model with a batch size.
 *
 * @param name as users pick it
 * @param model the network; images are float32 random numbers
 * @param batch samples in a step
 * @param modes what is measured of it
 */
public record Workload(String name, Model model, int batch, List<Mode> modes) {
    private static final List<Mode> BOTH = List.of(Mode.TRAIN, Mode.INFER);

    /** Copies the list. */
    public Workload {
        modes = List.copyOf(modes);
    }

    /** All that are measured, in order. */
    public static List<Workload> all() {
        Shape cifar = Shape.of(3, 32, 32);
        return List.of(new Workload("mlp", Models.mlp(cifar, 10, "relu", 512, 512), 256, BOTH),
                new Workload("lenet", Models.create("lenet", Shape.of(1, 28, 28), 10), 64, BOTH),
                new Workload("resnet20", Models.create("resnet20", cifar, 10), 128, BOTH),
                new Workload("alexnet", Models.create("alexnet", Shape.of(3, 227, 227), 1000), 16, BOTH),
                new Workload("vgg16", Models.create("vgg16", Shape.of(3, 224, 224), 1000), 4, List.of(Mode.INFER)));
    }

    /** A network of no interest whose steps take no time, for tests of the benchmark itself. */
    static Workload tiny() {
        return new Workload("tiny", Models.mlp(Shape.of(1, 3, 4), 3, "relu", 8), 4, BOTH);
    }

    /**
     * The workload of this name.
     *
     * @throws IllegalArgumentException if there is none; the message lists all names
     */
    public static Workload named(String name) {
        return Stream.concat(all().stream(), Stream.of(tiny())).filter(w -> w.name.equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("bench: workload \"" + name + "\" is unknown; known are "
                        + String.join(", ", all().stream().map(Workload::name).toList()) + "."));
    }
}
