package dev.lamina.cpu.onednn;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.fusion.Fusion;
import dev.lamina.backend.fusion.FusionRules;
import dev.lamina.backend.fusion.Group;
import dev.lamina.backend.fusion.Group.Activated;
import dev.lamina.backend.fusion.Group.Chain;
import dev.lamina.backend.fusion.Group.FilterAndBias;
import dev.lamina.backend.fusion.Group.Normalized;
import dev.lamina.backend.fusion.Group.RectifiedNormGradient;
import dev.lamina.backend.fusion.Group.RectifiedPoolGradient;
import dev.lamina.backend.fusion.Group.Single;
import dev.lamina.backend.fusion.Group.Updates;
import dev.lamina.backend.fusion.Lifetimes;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.DtPool;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Loss;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Random;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import java.util.List;
import java.util.Optional;

/** Lowers a graph, group by group. The switches have no default, so that the compiler names every place a new op is missing. */
final class Compiler {
    /** What runs together with its neighbours. */
    static final FusionRules FUSION = new FusionRules(
            node -> node.op() instanceof MatMul ? MatMulLowering.supports(node) : ConvolutionLowering.supports(node),
            ImageLowering::supports, ImageLowering::supports, ConvolutionLowering::supports, PointwiseLowering::supports,
            PointwiseLowering.LONGEST);
    /** What the reference kernels compute together: nothing. */
    private static final FusionRules ALONE = new FusionRules(_ -> false, _ -> false, _ -> false, _ -> false, _ -> false, 1);

    private final Assembly assembly;
    private final List<Group> groups;
    private final boolean fast;
    private final ConvolutionLowering convolutions;
    private final MatMulLowering products;
    private final ImageLowering images;
    private final LrnLowering lrn;
    private final PointwiseLowering pointwise;
    private final PlainLowering plain;
    private final ReductionLowering reductions;
    private final LossLowering losses;
    private final ShapingLowering shaping;
    private final UpdateLowering updates;

    private Compiler(Assembly assembly, Graph graph, List<Group> groups, CompileOptions options) {
        Precision precision = Precision.of(options);
        this.assembly = assembly;
        this.groups = groups;
        this.fast = options.passes().contains(Pass.FAST_KERNELS);
        this.convolutions = new ConvolutionLowering(assembly, precision, graph);
        this.products = new MatMulLowering(assembly, precision);
        this.images = new ImageLowering(assembly);
        this.lrn = new LrnLowering(assembly, precision, graph);
        this.pointwise = new PointwiseLowering(assembly);
        this.plain = new PlainLowering(assembly);
        this.reductions = new ReductionLowering(assembly);
        this.losses = new LossLowering(assembly);
        this.shaping = new ShapingLowering(assembly);
        this.updates = new UpdateLowering(assembly);
    }

    /** The steps and buffers of a graph. */
    static Assembly compile(Graph graph, CompileOptions options, NativeScope scope, CpuTeam team, long stream) {
        boolean fast = options.passes().contains(Pass.FAST_KERNELS);
        List<Group> groups = fast ? Fusion.groups(graph, options, FUSION) : Fusion.groups(graph, options.without(Pass.FUSION), ALONE);
        boolean reuse = options.passes().contains(Pass.MEMORY_REUSE);
        Lifetimes lifetimes = new Lifetimes(graph, groups, options.keepAll(), reuse && options.passes().contains(Pass.IN_PLACE));
        Assembly assembly = new Assembly(scope, team, stream, lifetimes, reuse);
        Compiler compiler = new Compiler(assembly, graph, groups, options);
        compiler.planFilters();
        compiler.updates.plan(graph);
        compiler.lower();
        // What may be read afterwards needs its place, also where no step reads it as memory: variables, fills, views.
        graph.outputs().values().forEach(assembly::any);
        if (options.keepAll()) {
            graph.nodes().forEach(node -> node.outputs().forEach(assembly::any));
        }
        return assembly;
    }

    private void planFilters() {
        if (!fast) {
            return;
        }
        for (Group group : groups) {
            Node first = group.nodes().getFirst();
            if (first.op() instanceof Convolution.Conv2d && ConvolutionLowering.supports(first)) {
                convolutions.plan(product(group));
            }
        }
    }

    private static Activated product(Group group) {
        return group instanceof Activated activated ? activated
                : new Activated(group.nodes().getFirst(), Optional.empty(), Optional.empty());
    }

    private void lower() {
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            assembly.lifetimes().at(i);
            assembly.hoist(group.nodes().stream().allMatch(n -> assembly.lifetimes().isHoisted(n.output(0))));
            switch (group) {
                case Single(Node node) when fast -> single(node);
                case Single(Node node) -> plain(node);
                case Chain(List<Node> nodes) -> pointwise.lower(nodes);
                case Activated activated -> activated(activated);
                case Normalized normalized -> images.normalize(normalized);
                case RectifiedNormGradient gradient -> images.normGradient(gradient);
                case RectifiedPoolGradient gradient -> images.maxPoolGradient(gradient);
                case FilterAndBias(Node filter, Node bias) -> convolutions.filterGradient(filter, Optional.of(bias));
                case Updates(List<Node> nodes) -> nodes.forEach(this::single);
            }
            assembly.hoist(false);
        }
    }

    /** A node by the reference's kernel. */
    private void plain(Node node) {
        switch (node.op()) {
            case Source source -> source(source, node);
            case Update _ -> updates.plain(node);
            case Shaping op when op.isView() -> { }
            case Shaping _, Convolution _, MatMul _, Pooling _, DtPool _, Normalization _, Pointwise _, Softmax _, Loss _, Reduction _,
                Random _ ->
                plain.reference(node);
        }
    }

    private void activated(Activated group) {
        if (group.product().op() instanceof MatMul) {
            products.lower(group);
        } else {
            convolutions.forward(group);
        }
    }

    private void single(Node node) {
        switch (node.op()) {
            case Source source -> source(source, node);
            case Convolution op -> convolution(op, node);
            case MatMul _ -> {
                if (MatMulLowering.supports(node)) {
                    products.lower(product(new Single(node)));
                } else {
                    plain.reference(node);
                }
            }
            case Pooling _ -> {
                if (ImageLowering.supports(node)) {
                    images.pool(node);
                } else {
                    plain.reference(node);
                }
            }
            case DtPool _ -> plain.reference(node);
            case Normalization op -> normalization(op, node);
            case Pointwise _ -> {
                if (PointwiseLowering.supports(node)) {
                    pointwise.lower(List.of(node));
                } else {
                    plain.pointwise(node);
                }
            }
            case Softmax op -> {
                if (LossLowering.supports(node)) {
                    losses.softmax(op, node);
                } else {
                    plain.reference(node);
                }
            }
            case Loss op -> {
                if (LossLowering.supports(node)) {
                    losses.loss(op, node);
                } else {
                    plain.reference(node);
                }
            }
            case Reduction op -> {
                if (ReductionLowering.supports(node)) {
                    reductions.lower(op, node);
                } else {
                    plain.reference(node);
                }
            }
            case Shaping op -> {
                if (ShapingLowering.supports(node)) {
                    shaping.lower(op, node);
                } else {
                    plain.shaping(op, node);
                }
            }
            case Random op -> plain.random(op, node);
            case Update op -> updates.lower(op, node);
        }
    }

    private void source(Source source, Node node) {
        switch (source) {
            case Source.Input op -> assembly.define(node.output(0), Layout.plain(op.type()));
            case Source.Constant op -> assembly.define(node.output(0), assembly.constant(node.name(), op.tensor()));
            // Variables live in the state; a fill is made where something reads it as memory.
            case Source.Variable _, Source.Fill _ -> { }
        }
    }

    private void convolution(Convolution convolution, Node node) {
        if (!ConvolutionLowering.supports(node)) {
            plain.reference(node);
            return;
        }
        switch (convolution) {
            case Convolution.Conv2d _ -> convolutions.forward(product(new Single(node)));
            case Convolution.Conv2dDataGradient _ -> convolutions.dataGradient(node);
            case Convolution.Conv2dFilterGradient _ -> convolutions.filterGradient(node, Optional.empty());
        }
    }

    private void normalization(Normalization normalization, Node node) {
        switch (normalization) {
            case Normalization.BatchNormTraining _, Normalization.BatchNormInference _ -> {
                if (ImageLowering.supports(node)) {
                    images.normalize(new Normalized(node, Optional.empty(), Optional.empty()));
                } else {
                    plain.reference(node);
                }
            }
            case Normalization.BatchNormGradient _ -> {
                if (ImageLowering.supports(node)) {
                    images.normGradient(node);
                } else {
                    plain.reference(node);
                }
            }
            case Normalization.Lrn _ -> {
                if (LrnLowering.supports(node)) {
                    lrn.forward(node);
                } else {
                    plain.reference(node);
                }
            }
            case Normalization.LrnGradient _ -> {
                if (LrnLowering.supports(node) && lrn.hasWorkspace(node)) {
                    lrn.gradient(node);
                } else {
                    plain.reference(node);
                }
            }
        }
    }
}
