package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Dnn;
import dev.lamina.cuda.api.DnnBatchNorm;
import dev.lamina.cuda.api.ImageTensor;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization.BatchNormGradient;
import dev.lamina.graph.Normalization.BatchNormInference;
import dev.lamina.graph.Normalization.BatchNormTraining;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.List;
import java.util.Optional;

/**
 * Batch normalisation: by cuDNN with channels first, by {@link BatchNormKernels} with channels last or bfloat16 images, of which cuDNN's
 * older functions make little. Takes images in any layout; statistics and parameters are row-major.
 */
final class BatchNormLowering {
    private final Assembly assembly;
    private final Dnn dnn;
    private final BatchNormKernels kernels;

    BatchNormLowering(Assembly assembly, Toolbox tools) {
        this.assembly = assembly;
        this.dnn = tools.dnn();
        this.kernels = new BatchNormKernels(assembly);
    }

    /** Adds the steps of a normalisation or its gradient. */
    void lower(Node node) {
        switch (node.op()) {
            case BatchNormTraining op -> training(node, op.epsilon());
            case BatchNormInference op -> inference(node, op.epsilon());
            case BatchNormGradient op -> gradient(node, op.epsilon());
            default -> throw new IllegalArgumentException(node + " is no batch normalisation.");
        }
    }

    private void training(Node node, double epsilon) {
        Place x = assembly.any(node.input(0));
        Place gamma = parameter(node, 1);
        Place beta = parameter(node, 2);
        Place y = assembly.define(node.output(0), x.layout());
        Place mean = assembly.define(node.output(1), Layout.plain(node.output(1).type()));
        Place variance = assembly.define(node.output(2), Layout.plain(node.output(2).type()));
        if (y.layout().bytes() == 0) {
            // Mean and variance of nothing are NaN, as which all ones read in either type.
            fill(node, mean, (byte) -1);
            fill(node, variance, (byte) -1);
            return;
        }
        Optional<String> obstacle = obstacle(x.layout());
        if (obstacle.isPresent()) {
            assembly.because(obstacle.get());
            kernels.statistics(node, x, mean, variance);
            kernels.normalise(node, List.of(x, gamma, beta, mean, variance, y), epsilon);
            return;
        }
        DnnBatchNorm norm = norm(x.layout(), epsilon);
        Buffer sample = assembly.buffer("sample variance of " + node.name(), variance.layout().bytes());
        Buffer saved = assembly.buffer("saved statistics of " + node.name(), 2 * variance.layout().bytes());
        long half = variance.layout().bytes();
        assembly.add(List.of(node.name()), "cuDNN batch norm", stream -> {
            dnn.stream(stream);
            norm.training(x.buffer().address(), gamma.buffer().address(), beta.buffer().address(), y.buffer().address(),
                    new DnnBatchNorm.Statistics(mean.buffer().address(), sample.address(), saved.address(), saved.address() + half));
        }, List.of(x.buffer(), gamma.buffer(), beta.buffer(), y.buffer(), mean.buffer(), sample, saved));
        kernels.biasedVariance(node, x.layout(), sample, variance);
    }

    private void inference(Node node, double epsilon) {
        Place x = assembly.any(node.input(0));
        Place gamma = parameter(node, 1);
        Place beta = parameter(node, 2);
        Place mean = parameter(node, 3);
        Place variance = parameter(node, 4);
        Place y = assembly.define(node.output(0), x.layout());
        if (y.layout().bytes() == 0) {
            return;
        }
        Optional<String> obstacle = obstacle(x.layout());
        if (obstacle.isPresent()) {
            assembly.because(obstacle.get());
            kernels.normalise(node, List.of(x, gamma, beta, mean, variance, y), epsilon);
            return;
        }
        DnnBatchNorm norm = norm(x.layout(), epsilon);
        assembly.add(List.of(node.name()), "cuDNN batch norm inference", stream -> {
            dnn.stream(stream);
            norm.inference(x.buffer().address(), gamma.buffer().address(), beta.buffer().address(), mean.buffer().address(),
                    variance.buffer().address(), y.buffer().address());
        }, List.of(x.buffer(), gamma.buffer(), beta.buffer(), mean.buffer(), variance.buffer(), y.buffer()));
    }

    private void gradient(Node node, double epsilon) {
        Place x = assembly.any(node.input(1));
        Place g = assembly.in(node.input(0), x.layout(), "gradient at " + node.name());
        Place gamma = parameter(node, 2);
        Place mean = parameter(node, 3);
        Place variance = parameter(node, 4);
        Place to = assembly.define(node.output(0), x.layout());
        Place byGamma = assembly.define(node.output(1), Layout.plain(node.output(1).type()));
        Place byBeta = assembly.define(node.output(2), Layout.plain(node.output(2).type()));
        if (to.layout().bytes() == 0) {
            fill(node, byGamma, (byte) 0);
            fill(node, byBeta, (byte) 0);
            return;
        }
        Optional<String> obstacle = obstacle(x.layout());
        if (obstacle.isPresent()) {
            assembly.because(obstacle.get());
            kernels.gradient(node, new BatchNormKernels.Gradient(g, x, gamma, mean, variance, to, byGamma, byBeta), epsilon);
            return;
        }
        DnnBatchNorm norm = norm(x.layout(), epsilon);
        Buffer inverse = assembly.buffer("inverse deviation of " + node.name(), variance.layout().bytes());
        kernels.inverseDeviation(node, x.layout(), variance, inverse, epsilon);
        assembly.add(List.of(node.name()), "cuDNN batch norm gradient", stream -> {
            dnn.stream(stream);
            norm.backward(x.buffer().address(), g.buffer().address(), gamma.buffer().address(), mean.buffer().address(), inverse.address(),
                    new DnnBatchNorm.Gradients(to.buffer().address(), byGamma.buffer().address(), byBeta.buffer().address()));
        }, List.of(x.buffer(), g.buffer(), gamma.buffer(), mean.buffer(), inverse, to.buffer(), byGamma.buffer(), byBeta.buffer()));
    }

    private void fill(Node node, Place place, byte value) {
        long bytes = place.layout().bytes();
        if (bytes > 0) {
            assembly.add(List.of(node.name()), "fill", stream -> stream.fill(place.buffer().address(), value, bytes),
                    List.of(place.buffer()));
        }
    }

    private Place parameter(Node node, int operand) {
        return assembly.plain(node.input(operand), "parameter of " + node.name());
    }

    private DnnBatchNorm norm(Layout layout, double epsilon) {
        Shape s = layout.type().shape();
        ImageTensor images = ImageTensor.channelsFirst(layout.element(), s.dim(0), s.dim(1), s.elements() / (s.dim(0) * s.dim(1)), 1);
        return assembly.own(new DnnBatchNorm(dnn, images, epsilon));
    }

    private static Optional<String> obstacle(Layout layout) {
        if (layout.order() == Order.CHANNELS_LAST) {
            return Optional.of("cuDNN's older batch normalisation is slow with channels last");
        }
        if (layout.element() == DType.BFLOAT16) {
            return Optional.of("cuDNN's older batch normalisation is slow with bfloat16");
        }
        return DnnLayouts.fits(layout.type().shape()) ? Optional.empty()
                : Optional.of("cuDNN counts no more than 2^31 - 1 elements, and takes no empty tensors");
    }
}
