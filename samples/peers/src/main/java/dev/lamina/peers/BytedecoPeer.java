package dev.lamina.peers;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * PyTorch through bytedeco's binding, as a careful user writes it: inputs are made once, temporaries are freed after each step, rectifiers
 * work in place, inference records no gradients. A sixth argument {@code channels-last} takes that layout for images and filters.
 */
public final class BytedecoPeer {
    private static final String VERSION = "2.13.0-1.5.14";
    private static final double RATE = 0.01;

    private BytedecoPeer() { }

    /** Measures; see {@link Peer.Task} for the arguments. */
    public static void main(String[] args) throws Exception {
        Peer.Task task = Peer.Task.parse(args);
        boolean channelsLast = Arrays.asList(args).contains("channels-last");
        torch.set_num_interop_threads(1);
        torch.set_num_threads(task.threads());
        torch.manual_seed(1);
        Workload workload = task.workload();
        BytedecoNetwork network = new BytedecoNetwork(workload.steps(), channelsLast);
        Tensor images = network.laidOut(torch.randn(workload.input()));
        String name = channelsLast ? "bytedeco-channels-last" : "bytedeco";
        if (task.training()) {
            Tensor labels = torch.randint(workload.classes(), new long[] {workload.batch()}).to(torch.ScalarType.Long);
            Peer.measure(name, VERSION, task, training(network, images, labels));
        } else {
            try (InferenceMode _ = new InferenceMode()) {
                Peer.measure(name, VERSION, task, () -> infer(network, images));
            }
        }
    }

    private static Peer.Work training(BytedecoNetwork network, Tensor images, Tensor labels) {
        List<Tensor> parameters = network.parameters();
        SGDOptions options = new SGDOptions(RATE);
        options.momentum().put(0.9);
        SGD optimizer = new SGD(new TensorVector(parameters.toArray(Tensor[]::new)), options);
        return () -> {
            try (PointerScope _ = new PointerScope()) {
                optimizer.zero_grad();
                Tensor loss = torch.cross_entropy_loss(network.forward(images, true), labels);
                loss.backward();
                optimizer.step();
                finite(loss.item_float());
            }
        };
    }

    private static void infer(BytedecoNetwork network, Tensor images) {
        try (PointerScope _ = new PointerScope()) {
            network.forward(images, false);
        }
    }

    private static void finite(float loss) {
        if (!Float.isFinite(loss)) {
            throw new IllegalStateException("bytedeco: the loss is " + loss + "; speeds of such a run mean nothing.");
        }
    }
}
