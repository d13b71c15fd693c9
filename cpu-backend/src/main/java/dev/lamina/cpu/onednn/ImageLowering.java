package dev.lamina.cpu.onednn;

import dev.lamina.backend.fusion.Group.Normalized;
import dev.lamina.backend.fusion.Group.RectifiedNormGradient;
import dev.lamina.backend.fusion.Group.RectifiedPoolGradient;
import dev.lamina.cpu.vector.AvgPool;
import dev.lamina.cpu.vector.AvgPoolGradient;
import dev.lamina.cpu.vector.BatchNorm;
import dev.lamina.cpu.vector.Images;
import dev.lamina.cpu.vector.Kernel;
import dev.lamina.cpu.vector.MaxPool;
import dev.lamina.cpu.vector.MaxPoolGradient;
import dev.lamina.cpu.vector.MaxPoolScatter;
import dev.lamina.cpu.vector.Pointer;
import dev.lamina.cpu.vector.Team;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization.BatchNormGradient;
import dev.lamina.graph.Normalization.BatchNormInference;
import dev.lamina.graph.Normalization.BatchNormTraining;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Pooling and batch normalisation by vector kernels, in whatever layout the images have. */
final class ImageLowering {
    private final Assembly assembly;
    private final Team team;

    ImageLowering(Assembly assembly) {
        this.assembly = assembly;
        this.team = assembly.team();
    }

    /** True if the vector kernels take the node: float32 and not empty. */
    static boolean supports(Node node) {
        boolean taken = switch (node.op()) {
            case Pooling.MaxPool _, Pooling.AvgPool _, Pooling.AvgPoolGradient _, Pooling.AdaptiveAvgPool _,
                Pooling.AdaptiveAvgPoolGradient _, BatchNormTraining _, BatchNormGradient _, BatchNormInference _ -> true;
            case Pooling.MaxPoolGradient _, Pooling.MaxUnpool _, Pooling.PoolGather _ -> true;
            default -> false;
        };
        return taken && Stream.concat(node.inputTypes().stream(), node.outputTypes().stream()).allMatch(t -> t.elements() > 0)
                && Precision.isFloat32(node.input(0).type());
    }

    /** The window of the pooling that made a gradient's winners, if it is in the graph and pooled maps of these extents. */
    private static Optional<Window> window(Node gradient) {
        Value winners = gradient.input(1);
        return winners.output() == 1 && winners.node().op() instanceof Pooling.MaxPool pool
                && winners.node().input(0).shape().equals(gradient.output(0).shape()) ? Optional.of(pool.window()) : Optional.empty();
    }

    // --- pooling ------------------------------------------------------------------------------------------------------------------------

    /** Adds the step of a pooling node. */
    void pool(Node node) {
        switch (node.op()) {
            case Pooling.MaxPool op -> maxPool(node, op);
            case Pooling.MaxPoolGradient _, Pooling.MaxUnpool _ -> {
                if (window(node).isPresent()) {
                    maxPoolGradient(node, Optional.empty());
                } else {
                    scatter(node);
                }
            }
            case Pooling.PoolGather _ -> scatter(node);
            case Pooling.AvgPool op -> map(node, (in, out, x, y) -> AvgPool.of(team, op, in, out, x, y));
            case Pooling.AdaptiveAvgPool _ -> map(node, (in, out, x, y) -> AvgPool.adaptive(team, in, out, x, y));
            case Pooling.AvgPoolGradient op -> map(node, (out, in, g, dx) -> AvgPoolGradient.of(team, op, in, out, g, dx));
            case Pooling.AdaptiveAvgPoolGradient _ -> map(node, (out, in, g, dx) -> AvgPoolGradient.adaptive(team, in, out, g, dx));
            default -> throw new IllegalStateException("cpu: " + node + " is no pooling with a kernel.");
        }
    }

    /** Moves between maps by winners of a window that is not known, element by element, row-major. */
    private void scatter(Node node) {
        Place values = assembly.plain(node.input(0), "operand of " + node.name());
        Place winners = assembly.plain(node.input(1), "winners of " + node.name());
        Place result = assembly.define(node.output(0), Layout.plain(node.output(0).type()));
        Images first = ImagePlace.of(values, node.input(0).type()).images();
        Images last = ImagePlace.of(result, node.output(0).type()).images();
        Kernel kernel = switch (node.op()) {
            case Pooling.MaxUnpool _ ->
                MaxPoolScatter.last(team, last, first, values.pointer(), winners.pointer(), result.pointer());
            case Pooling.PoolGather _ ->
                MaxPoolScatter.gather(team, first, last, values.pointer(), winners.pointer(), result.pointer());
            default -> MaxPoolScatter.sum(team, last, first, values.pointer(), winners.pointer(), result.pointer());
        };
        add(List.of(node), kernel, values, winners, result);
    }

    /** A kernel from one value to one other. */
    @FunctionalInterface
    private interface Mapping {
        Kernel of(Images operand, Images result, Pointer from, Pointer to);
    }

    private void map(Node node, Mapping mapping) {
        ImagePlace x = ImagePlace.of(assembly, node.input(0), "input of " + node.name());
        Place y = assembly.define(node.output(0), x.layoutFor(node.output(0).type(), assembly.scope()));
        add(List.of(node), mapping.of(x.images(), x.imagesOf(node.output(0).type()), x.pointer(), y.pointer()), x.place(), y);
    }

    private void maxPool(Node node, Pooling.MaxPool op) {
        ImagePlace x = ImagePlace.of(assembly, node.input(0), "input of " + node.name());
        TensorType type = node.output(0).type();
        Place y = assembly.define(node.output(0), x.layoutFor(type, assembly.scope()));
        boolean wanted = assembly.lifetimes().readers(node.output(1)) > 0 || assembly.lifetimes().isKept(node.output(1));
        Place winners = wanted ? assembly.define(node.output(1), x.layoutFor(node.output(1).type(), assembly.scope())) : null;
        Kernel kernel = MaxPool.of(team, op.window(), x.images(), x.imagesOf(type), x.pointer(), y.pointer(),
                wanted ? winners.pointer() : null);
        if (wanted) {
            add(List.of(node), kernel, x.place(), y, winners);
        } else {
            add(List.of(node), kernel, x.place(), y);
        }
    }

    /** Adds the step of a max pooling's gradient and of the rectifier's before it. */
    void maxPoolGradient(RectifiedPoolGradient group) {
        maxPoolGradient(group.pool(), Optional.of(group.relu()));
    }

    private void maxPoolGradient(Node node, Optional<Node> relu) {
        ImagePlace g = ImagePlace.of(assembly, node.input(0), "gradient at " + node.name());
        // The winners lie as the pooling left them; the gradient follows.
        Place winners = assembly.any(node.input(1));
        ImagePlace order = ImagePlace.of(winners, node.input(1).type());
        Place gradient = g.images().order() == order.images().order() ? g.place()
                : assembly.in(node.input(0), order.layoutFor(node.input(0).type(), assembly.scope()), "gradient at " + node.name());
        Value result = relu.map(r -> r.output(0)).orElse(node.output(0));
        Layout layout = order.layoutFor(result.type(), assembly.scope());
        Place rectified = relu.map(r -> assembly.in(r.input(1), layout, "rectifier at " + node.name())).orElse(null);
        Place dx = assembly.define(result, layout);
        Images in = order.imagesOf(result.type());
        Window window = window(node).orElseThrow();
        Kernel kernel = node.op() instanceof Pooling.MaxUnpool
                ? MaxPoolGradient.last(team, window, in, order.images(), gradient.pointer(), winners.pointer(), dx.pointer())
                : MaxPoolGradient.sum(team, window, in, order.images(), gradient.pointer(), winners.pointer(), dx.pointer(),
                        rectified == null ? null : rectified.pointer());
        List<Node> nodes = relu.map(r -> List.of(node, r)).orElse(List.of(node));
        if (rectified == null) {
            add(nodes, kernel, gradient, winners, dx);
        } else {
            add(nodes, kernel, gradient, winners, dx, rectified);
        }
    }

    // --- batch normalisation ------------------------------------------------------------------------------------------------------------

    /** Adds the step of a batch normalisation with what follows it. */
    void normalize(Normalized group) {
        Node node = group.norm();
        ImagePlace x = ImagePlace.of(assembly, node.input(0), "input of " + node.name());
        List<Place> used = new ArrayList<>(List.of(x.place()));
        List<Value> donors = new ArrayList<>(List.of(node.input(0)));
        Place residual = group.sum().map(sum -> {
            Value other = sum.input(0).node() == node ? sum.input(1) : sum.input(0);
            donors.add(other);
            return assembly.in(other, x.place().layout(), "sum after " + node.name());
        }).orElse(null);
        for (int i = 1; i < node.inputs().size(); i++) {
            used.add(assembly.plain(node.input(i), "statistics of " + node.name()));
        }
        BatchNorm.Activation activation = group.relu().isPresent() ? BatchNorm.Activation.RELU : BatchNorm.Activation.NONE;
        Pointer added = residual == null ? null : residual.pointer();
        Place y = assembly.defineOver(group.result(), x.layoutFor(group.result().type(), assembly.scope()), donors);
        List<Pointer> p = used.stream().map(Place::pointer).toList();
        Kernel kernel;
        if (node.op() instanceof BatchNormTraining op) {
            Place mean = assembly.define(node.output(1), Layout.plain(node.output(1).type()));
            Place variance = assembly.define(node.output(2), Layout.plain(node.output(2).type()));
            kernel = BatchNorm.training(team, x.images(), p.get(0), p.get(1), p.get(2), y.pointer(), mean.pointer(), variance.pointer(),
                    op.epsilon(), added, activation);
            used.addAll(List.of(mean, variance));
        } else {
            kernel = BatchNorm.inference(team, x.images(), p.get(0), p.get(1), p.get(2), p.get(3), p.get(4), y.pointer(),
                    ((BatchNormInference) node.op()).epsilon(), added, activation);
        }
        used.add(y);
        if (residual != null) {
            used.add(residual);
        }
        add(group.nodes(), kernel, used.toArray(Place[]::new));
    }

    /** Adds the step of a batch normalisation's gradient. */
    void normGradient(Node node) {
        normGradient(node, Optional.empty());
    }

    /** Adds the step of a rectifier's and a batch normalisation's gradient. */
    void normGradient(RectifiedNormGradient group) {
        normGradient(group.norm(), Optional.of(group.relu()));
    }

    private void normGradient(Node node, Optional<Node> relu) {
        ImagePlace x = ImagePlace.of(assembly, node.input(1), "input of " + node.name());
        Layout layout = x.place().layout();
        Value arriving = relu.map(r -> r.input(0)).orElse(node.input(0));
        Place dy = assembly.in(arriving, layout, "gradient at " + node.name());
        Place y = relu.map(r -> assembly.in(r.input(1), layout, "rectifier at " + node.name())).orElse(null);
        boolean shared = relu.isPresent() && assembly.lifetimes().readers(relu.get().output(0)) > 1;
        // The masked gradient is written before the images are read for the last time.
        boolean free = arriving.root() != node.input(1).root();
        Place masked = shared ? assembly.defineOver(relu.get().output(0), layout, free ? List.of(arriving) : List.of()) : null;
        List<Value> donors = shared ? List.of(node.input(1)) : List.of(arriving, node.input(1));
        List<Place> used = new ArrayList<>(List.of(dy, x.place()));
        for (int i = 2; i < 5; i++) {
            used.add(assembly.plain(node.input(i), "statistics of " + node.name()));
        }
        Place dx = assembly.defineOver(node.output(0), layout, donors);
        Place dgamma = assembly.define(node.output(1), Layout.plain(node.output(1).type()));
        Place dbeta = assembly.define(node.output(2), Layout.plain(node.output(2).type()));
        Kernel kernel = BatchNorm.gradient(team, x.images(), dy.pointer(), x.pointer(), used.get(2).pointer(), used.get(3).pointer(),
                used.get(4).pointer(), dx.pointer(), dgamma.pointer(), dbeta.pointer(), ((BatchNormGradient) node.op()).epsilon(),
                y == null ? null : y.pointer(), masked == null ? null : masked.pointer());
        used.addAll(List.of(dx, dgamma, dbeta));
        Stream.of(y, masked).filter(p -> p != null).forEach(used::add);
        add(relu.map(r -> List.of(r, node)).orElse(List.of(node)), kernel, used.toArray(Place[]::new));
    }

    private void add(List<Node> nodes, Kernel kernel, Place... used) {
        assembly.add(nodes.stream().map(Node::name).toList(), "vector " + nodes.getFirst().op().name(), kernel,
                Stream.of(used).map(Place::buffer).toList());
    }
}
