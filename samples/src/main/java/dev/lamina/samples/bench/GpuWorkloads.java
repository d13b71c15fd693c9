package dev.lamina.samples.bench;

import dev.lamina.models.Models;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The workloads of {@code bench gpu}, named by model and batch size: those that the PyTorch script of {@code samples/gpu} measures too. */
final class GpuWorkloads {
    private static final List<Mode> BOTH = List.of(Mode.TRAIN, Mode.INFER);

    private GpuWorkloads() { }

    /**
     * All, in order.
     *
     * @param smoke with batches of 2 and small images, for a device whose speed means nothing
     */
    static List<Workload> all(boolean smoke) {
        Shape cifar = Shape.of(3, 32, 32);
        int classes = smoke ? 10 : 1000;
        List<Workload> all = new ArrayList<>();
        add(all, smoke, "lenet", Shape.of(1, 28, 28), 10, 64, 1024);
        add(all, smoke, "resnet20", cifar, 10, 128, 1024);
        add(all, smoke, "alexnet", smoke ? Shape.of(3, 67, 67) : Shape.of(3, 227, 227), classes, 256);
        add(all, smoke, "vgg16", smoke ? cifar : Shape.of(3, 224, 224), classes, 64);
        return all;
    }

    private static void add(List<Workload> all, boolean smoke, String model, Shape input, int classes, int... batches) {
        for (int batch : smoke ? new int[] {2} : batches) {
            all.add(new Workload(model + "-" + batch, Models.create(model, input, classes), batch, BOTH));
        }
    }

    /**
     * Those of these names; a model's name stands for all its batch sizes, no name for all.
     *
     * @throws IllegalArgumentException if a name is unknown; the message lists all
     */
    static List<Workload> named(List<String> names, boolean smoke) {
        List<Workload> all = all(smoke);
        for (String name : names) {
            if (all.stream().noneMatch(w -> matches(w, name))) {
                throw new IllegalArgumentException("bench: workload \"" + name + "\" is unknown; known are "
                        + String.join(", ", all.stream().map(Workload::name).toList()) + ", and the models' names for all their batches.");
            }
        }
        return names.isEmpty() ? all : all.stream().filter(w -> names.stream().anyMatch(n -> matches(w, n))).toList();
    }

    private static boolean matches(Workload workload, String name) {
        return workload.name().equals(name) || workload.model().name().equals(name);
    }
}
