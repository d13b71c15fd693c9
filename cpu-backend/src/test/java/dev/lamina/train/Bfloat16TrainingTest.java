package dev.lamina.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.data.InMemoryDataset;
import dev.lamina.data.Split;
import dev.lamina.features.Both;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** ResNet-20 learns as well with bfloat16 products as with float32: two hundred steps, losses within 5 %. */
class Bfloat16TrainingTest {
    private static final int STEPS = 200;
    private static final int BATCH = 16;
    private static final int LAST = 25;

    private static Split data() throws IOException {
        Split whole = Both.open("cifar10-part", "cifar10");
        Tensor none = Tensor.zeros(DType.UINT8, Shape.of(1, 3, 32, 32));
        return new Split(whole.train().first(STEPS * BATCH), new InMemoryDataset("one", none, Tensor.of(new int[1], 1),
                whole.test().classNames()));
    }

    /** Mean loss of the last steps. */
    private static double loss(Backend backend, Split data, Precision precision) throws IOException {
        List<Double> losses = new ArrayList<>();
        Listener listener = new Listener() {
            @Override
            public void onStep(Step step) {
                losses.add(step.loss());
            }
        };
        TrainConfig config = TrainConfig.builder("resnet20", "cifar10-part").batchSize(BATCH).epochs(1).seed(1).optimizer("momentum")
                .rate(0.05).weightDecay(1e-4).precision(precision).build();
        Model model = Models.create("resnet20", data.train().sampleShape(), 10);
        try (Trainer trainer = new Trainer(backend, model, data, config, config.makeOptimizer(), config.makeSchedule(STEPS),
                List.of(listener))) {
            assertEquals(STEPS, trainer.fit().steps());
        }
        return losses.subList(STEPS - LAST, STEPS).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    @Test
    @Tag("slow")
    void finalLossesAreWithinFivePercent() throws IOException {
        Split data = data();
        try (Backend backend = Backends.choose("cpu", new DeviceOptions(0, 1)).backend()) {
            double wide = loss(backend, data, Precision.FLOAT32);
            double narrow = loss(backend, data, Precision.BFLOAT16);
            assertTrue(wide < 2.2, "float32 has learnt: " + wide);
            assertEquals(wide, narrow, 0.05 * wide);
        }
    }
}
