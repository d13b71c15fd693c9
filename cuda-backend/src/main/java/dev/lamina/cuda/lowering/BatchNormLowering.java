package dev.lamina.cuda.lowering;

import dev.lamina.backend.fusion.Group.Normalized;
import dev.lamina.backend.fusion.Group.RectifiedNormGradient;
import dev.lamina.cuda.api.Dnn;
import dev.lamina.cuda.api.DnnBatchNorm;
import dev.lamina.cuda.api.ImageTensor;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization.BatchNormGradient;
import dev.lamina.graph.Normalization.BatchNormInference;
import dev.lamina.graph.Normalization.BatchNormTraining;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Batch normalisation: by cuDNN where it stands alone and channels come first; by {@link BatchNormKernels} with channels last or bfloat16
 * images, of which cuDNN's older functions make little, and where a sum or rectifier goes along. Takes images in any layout; statistics and
 * parameters are row-major.
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

    /** True for normalisations and gradients that take a sum and a rectifier along. */
    static boolean fuses(Node node) {
        return node.output(0).type().elements() > 0;
    }

    /** Adds the steps of a normalisation or its gradient. */
    void lower(Node node) {
        if (node.op() instanceof BatchNormGradient) {
            gradient(node, Optional.empty());
        } else {
            lower(new Normalized(node, Optional.empty(), Optional.empty()));
        }
    }

    /** Adds the steps of a normalisation with what follows it. */
    void lower(Normalized group) {
        Node node = group.norm();
        Place x = assembly.any(node.input(0));
        List<Place> parameters = new ArrayList<>();
        for (int i = 1; i < node.inputs().size(); i++) {
            parameters.add(parameter(node, i));
        }
        boolean alone = group.sum().isEmpty() && group.relu().isEmpty();
        Optional<String> obstacle = alone ? obstacle(x.layout()) : Optional.of("sum and rectifier go along");
        if (obstacle.isEmpty()) {
            alone(node, x, parameters);
        } else if (x.layout().bytes() == 0) {
            nothing(node, x.layout());
        } else {
            assembly.because(obstacle.get());
            own(group, x, parameters);
        }
    }

    /** Mean and variance of nothing are NaN, as which all ones read in either type. */
    private void nothing(Node node, Layout layout) {
        assembly.define(node.output(0), layout);
        for (int i = 1; i < node.outputs().size(); i++) {
            fill(node, define(node, i), (byte) -1);
        }
    }

    private void own(Normalized group, Place x, List<Place> parameters) {
        Node node = group.norm();
        List<String> nodes = group.nodes().stream().map(Node::name).toList();
        Optional<Value> added = group.sum().map(sum -> sum.input(0) == node.output(0) ? sum.input(1) : sum.input(0));
        Optional<Place> other = added.map(value -> assembly.in(value, x.layout(), "sum after " + node.name()));
        List<Value> donors = Stream.concat(Stream.of(node.input(0)), added.stream()).toList();
        List<Place> statistics = parameters.subList(2, parameters.size());
        double epsilon;
        switch (node.op()) {
            case BatchNormTraining op -> {
                epsilon = op.epsilon();
                statistics = List.of(define(node, 1), define(node, 2));
                kernels.statistics(nodes, x, statistics.get(0), statistics.get(1));
            }
            case BatchNormInference op -> epsilon = op.epsilon();
            default -> throw new IllegalArgumentException(node + " is no batch normalisation.");
        }
        Place y = assembly.defineOver(group.result(), x.layout(), donors);
        kernels.normalise(nodes, new BatchNormKernels.Normalisation(x, parameters.get(0), parameters.get(1), statistics.get(0),
                statistics.get(1), other, group.relu().isPresent(), y), epsilon);
    }

    private void alone(Node node, Place x, List<Place> parameters) {
        Place y = assembly.define(node.output(0), x.layout());
        switch (node.op()) {
            case BatchNormTraining op -> training(node, op.epsilon(), x, parameters, y);
            case BatchNormInference op -> inference(node, op.epsilon(), x, parameters, y);
            default -> throw new IllegalArgumentException(node + " is no batch normalisation.");
        }
    }

    private void training(Node node, double epsilon, Place x, List<Place> parameters, Place y) {
        Place mean = define(node, 1);
        Place variance = define(node, 2);
        long bytes = variance.layout().bytes();
        DnnBatchNorm norm = norm(x.layout(), epsilon);
        Buffer sample = assembly.buffer("sample variance of " + node.name(), bytes);
        Buffer saved = assembly.buffer("saved mean of " + node.name(), bytes);
        Buffer inverse = assembly.buffer("saved deviation of " + node.name(), bytes);
        Buffer gamma = parameters.get(0).buffer();
        Buffer beta = parameters.get(1).buffer();
        assembly.add(List.of(node.name()), "cuDNN batch norm", stream -> {
            dnn.stream(stream);
            norm.training(x.buffer().address(), gamma.address(), beta.address(), y.buffer().address(),
                    new DnnBatchNorm.Statistics(mean.buffer().address(), sample.address(), saved.address(), inverse.address()));
        }, List.of(x.buffer(), gamma, beta, y.buffer(), mean.buffer(), sample, saved, inverse));
        kernels.biasedVariance(List.of(node.name()), x.layout(), sample, variance);
    }

    private void inference(Node node, double epsilon, Place x, List<Place> parameters, Place y) {
        DnnBatchNorm norm = norm(x.layout(), epsilon);
        List<Buffer> p = parameters.stream().map(Place::buffer).toList();
        assembly.add(List.of(node.name()), "cuDNN batch norm inference", stream -> {
            dnn.stream(stream);
            norm.inference(x.buffer().address(), p.get(0).address(), p.get(1).address(), p.get(2).address(), p.get(3).address(),
                    y.buffer().address());
        }, Stream.concat(Stream.of(x.buffer(), y.buffer()), p.stream()).toList());
    }

    /** Adds the steps of a gradient behind a rectifier. */
    void lower(RectifiedNormGradient group) {
        gradient(group.norm(), Optional.of(group.relu()));
    }

    private void gradient(Node node, Optional<Node> relu) {
        double epsilon = ((BatchNormGradient) node.op()).epsilon();
        Place x = assembly.any(node.input(1));
        Place g = assembly.in(relu.orElse(node).input(0), x.layout(), "gradient at " + node.name());
        List<Place> p = List.of(parameter(node, 2), parameter(node, 3), parameter(node, 4));
        if (x.layout().bytes() == 0) {
            assembly.define(node.output(0), x.layout());
            fill(node, define(node, 1), (byte) 0);
            fill(node, define(node, 2), (byte) 0);
            return;
        }
        Optional<String> obstacle = relu.isEmpty() ? obstacle(x.layout()) : Optional.of("the rectifier's gradient goes along");
        if (obstacle.isPresent()) {
            assembly.because(obstacle.get());
            ownGradient(node, relu, x, g, p);
            return;
        }
        Place to = assembly.define(node.output(0), x.layout());
        Place byGamma = define(node, 1);
        Place byBeta = define(node, 2);
        DnnBatchNorm norm = norm(x.layout(), epsilon);
        Buffer inverse = assembly.buffer("inverse deviation of " + node.name(), p.get(2).layout().bytes());
        kernels.inverseDeviation(List.of(node.name()), x.layout(), p.get(2), inverse, epsilon);
        Buffer gamma = p.get(0).buffer();
        Buffer mean = p.get(1).buffer();
        assembly.add(List.of(node.name()), "cuDNN batch norm gradient", stream -> {
            dnn.stream(stream);
            norm.backward(x.buffer().address(), g.buffer().address(), gamma.address(), mean.address(), inverse.address(),
                    new DnnBatchNorm.Gradients(to.buffer().address(), byGamma.buffer().address(), byBeta.buffer().address()));
        }, List.of(x.buffer(), g.buffer(), gamma, mean, inverse, to.buffer(), byGamma.buffer(), byBeta.buffer()));
    }

    private void ownGradient(Node node, Optional<Node> relu, Place x, Place g, List<Place> p) {
        double epsilon = ((BatchNormGradient) node.op()).epsilon();
        Value arriving = relu.orElse(node).input(0);
        Optional<Place> rectified = relu.map(r -> assembly.in(r.input(1), x.layout(), "rectifier at " + node.name()));
        Optional<Value> shared = relu.map(r -> r.output(0)).filter(value -> assembly.lifetimes().readers(value) > 1);
        // The masked gradient is written while images are still to be read.
        boolean free = arriving.root() != node.input(1).root();
        Optional<Place> masked = shared.map(value -> assembly.defineOver(value, x.layout(), free ? List.of(arriving) : List.of()));
        Place to = assembly.defineOver(node.output(0), x.layout(),
                shared.isPresent() ? List.of(node.input(1)) : List.of(arriving, node.input(1)));
        kernels.gradient(Stream.concat(relu.stream(), Stream.of(node)).map(Node::name).toList(), new BatchNormKernels.Gradient(g, rectified,
                masked, x, p.get(0), p.get(1), p.get(2), to, define(node, 1), define(node, 2)), epsilon);
    }

    private void fill(Node node, Place place, byte value) {
        long bytes = place.layout().bytes();
        if (bytes > 0) {
            assembly.add(List.of(node.name()), "fill", stream -> stream.fill(place.buffer().address(), value, bytes),
                    List.of(place.buffer()));
        }
    }

    private Place define(Node node, int output) {
        return assembly.define(node.output(output), Layout.plain(node.output(output).type()));
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
