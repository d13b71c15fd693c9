package dev.lamina.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Peers do the work that Lamina's models of the same names do; counts are those of Lamina's own tests. */
class NetworksTest {
    private static long parameters(List<Step> steps) {
        return steps.stream().mapToLong(NetworksTest::parameters).sum();
    }

    private static long parameters(Step step) {
        return switch (step) {
            case Step.Conv c -> (long) c.in() / c.groups() * c.kernel() * c.kernel() * c.out() + (c.bias() ? c.out() : 0);
            case Step.BatchNorm(int channels) -> 2L * channels;
            case Step.Linear(int in, int out) -> (in + 1L) * out;
            case Step.Residual residual -> parameters(residual.body());
            case Step.Relu _, Step.MaxPool _, Step.Lrn _, Step.Dropout _, Step.GlobalAveragePool _, Step.Flatten _ -> 0;
        };
    }

    @ParameterizedTest
    @CsvSource({"mlp, 1841162, 256", "lenet, 61706, 64", "resnet20, 269722, 128", "alexnet, 60965224, 16", "vgg16, 138357544, 4"})
    void parametersAndBatches(String name, long expected, int batch) {
        Workload workload = Workload.named(name);
        assertEquals(expected, parameters(workload.steps()));
        assertEquals(batch, workload.batch());
    }

    @Test
    void inputsAreBatchesOfImages() {
        assertArrayEquals(new long[] {16, 3, 227, 227}, Workload.ALEXNET.input());
        assertEquals(16 * 3 * 227 * 227, Workload.ALEXNET.inputElements());
    }

    @Test
    void argumentsAreChecked() {
        Peer.Task task = Peer.Task.parse("lenet", "train", "2", "0.5", "3");
        assertEquals(new Peer.Task(Workload.LENET, true, 2, 0.5, 3), task);
        String message = assertThrows(IllegalArgumentException.class, () -> Peer.Task.parse("lenet", "learn", "2", "1", "3")).getMessage();
        assertTrue(message.contains("train|infer"), message);
        assertThrows(IllegalArgumentException.class, () -> Peer.Task.parse("lenet", "train"));
        assertThrows(IllegalArgumentException.class, () -> Peer.Task.parse("letnet", "train", "2", "1", "3"));
    }
}
