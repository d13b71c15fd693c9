package dev.lamina.cuda.lowering;

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
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lowers a graph, group by group. The switches have no default, so that the compiler names every place a new op is missing. */
public final class Compiler {
    private static final FusionRules FUSION = new FusionRules(
            node -> node.op() instanceof MatMul ? MatMulLowering.fuses(node) : ConvolutionLowering.fuses(node),
            BatchNormLowering::fuses, MaxPoolLowering::takesRectifier, _ -> false, PointwiseLowering::supports, PointwiseLowering.LONGEST);

    private final Assembly assembly;
    private final List<Group> groups;
    private final ConvolutionLowering convolutions;
    private final MatMulLowering products;
    private final BatchNormLowering norms;
    private final LrnLowering lrn;
    private final MaxPoolLowering pools;
    private final DistanceTransformLowering transforms;
    private final AveragePoolLowering averages;
    private final PointwiseLowering pointwise;
    private final ReductionLowering reductions;
    private final SoftmaxLowering softmax;
    private final LossLowering losses;
    private final ShapingLowering shaping;
    private final RandomLowering random;
    private final UpdateLowering updates;

    private Compiler(Assembly assembly, List<Group> groups, Toolbox tools, Precision precision, Set<Pass> passes) {
        boolean fast = passes.contains(Pass.FAST_KERNELS);
        this.assembly = assembly;
        this.groups = groups;
        this.convolutions = new ConvolutionLowering(assembly, tools, precision, passes);
        this.products = new MatMulLowering(assembly, tools, precision, fast);
        this.norms = new BatchNormLowering(assembly, tools);
        this.lrn = new LrnLowering(assembly, tools);
        this.pools = new MaxPoolLowering(assembly);
        this.transforms = new DistanceTransformLowering(assembly);
        this.averages = new AveragePoolLowering(assembly, tools);
        this.pointwise = new PointwiseLowering(assembly);
        this.reductions = new ReductionLowering(assembly);
        this.softmax = new SoftmaxLowering(assembly, tools);
        this.losses = new LossLowering(assembly);
        this.shaping = new ShapingLowering(assembly);
        this.random = new RandomLowering(assembly);
        this.updates = new UpdateLowering(assembly);
    }

    /** The steps and buffers of a graph. */
    public static Assembly compile(Graph graph, CompileOptions options, Toolbox tools, Owned owned) {
        List<Group> groups = UpdateGroups.of(Fusion.groups(graph, options, FUSION), options);
        Precision precision = Precision.of(options);
        boolean reuse = options.passes().contains(Pass.MEMORY_REUSE);
        Lifetimes lifetimes = new Lifetimes(graph, groups, options.keepAll(), reuse && options.passes().contains(Pass.IN_PLACE));
        Assembly assembly = new Assembly(tools.kernels(), owned, lifetimes, conversion(), precision.images(), reuse);
        Compiler compiler = new Compiler(assembly, groups, tools, precision, options.passes());
        compiler.convolutions.plan(graph);
        compiler.updates.plan(graph);
        compiler.lower();
        return assembly;
    }

    /** Why a node cannot run on this backend, if it cannot. */
    public static Optional<String> unsupported(Node node) {
        boolean library = switch (node.op()) {
            case Convolution _, MatMul _, Normalization _, Softmax _, Pooling.AvgPool _ -> true;
            case Source _, Pooling _, DtPool _, Pointwise _, Loss _, Reduction _, Shaping _, Random _, Update _ -> false;
        };
        DType type = node.output(0).dtype();
        return library && (type == DType.FLOAT16 || type == DType.BFLOAT16)
                ? Optional.of("it computes this of float32 and float64 values, not of " + type + "; cast them, and choose precision by the"
                        + " options of compilation.") : Optional.empty();
    }

    static Assembly.Conversion conversion() {
        return new Convert();
    }

    private void lower() {
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            assembly.lifetimes().at(i);
            assembly.hoist(group.nodes().stream().allMatch(n -> assembly.lifetimes().isHoisted(n.output(0))));
            switch (group) {
                case Single(Node node) -> single(node);
                case Chain(List<Node> nodes) -> pointwise.lower(nodes);
                case Updates(List<Node> nodes) -> updates.lower(nodes);
                case Activated activated -> activated(activated);
                case Normalized normalized -> norms.lower(normalized);
                case RectifiedNormGradient gradient -> norms.lower(gradient);
                case RectifiedPoolGradient gradient -> pools.lower(gradient);
                case FilterAndBias _ ->
                    throw new IllegalStateException("cuda: the rules of fusion make no such group: " + group);
            }
            assembly.hoist(false);
        }
    }

    private void activated(Activated group) {
        if (group.product().op() instanceof MatMul) {
            products.lower(group);
        } else {
            convolutions.forward(group);
        }
    }

    private static Activated alone(Node product) {
        return new Activated(product, Optional.empty(), Optional.empty());
    }

    private void single(Node node) {
        switch (node.op()) {
            case Source source -> source(source, node);
            case Convolution.Conv2d _ -> convolutions.forward(alone(node));
            case Convolution.Conv2dDataGradient _ -> convolutions.dataGradient(node);
            case Convolution.Conv2dFilterGradient _ -> convolutions.filterGradient(node);
            case DtPool op -> transforms.lower(op, node);
            case MatMul _ -> products.lower(alone(node));
            case Pooling.AvgPool _, Pooling.AvgPoolGradient _ -> averages.lower(node);
            case Pooling.MaxPool _, Pooling.MaxPoolGradient _, Pooling.MaxUnpool _, Pooling.PoolGather _, Pooling.AdaptiveAvgPool _,
                Pooling.AdaptiveAvgPoolGradient _ -> pools.lower(node);
            case Normalization.BatchNormTraining _, Normalization.BatchNormInference _, Normalization.BatchNormGradient _ ->
                norms.lower(node);
            case Normalization.Lrn _, Normalization.LrnGradient _ -> lrn.lower(node);
            case Pointwise _ -> pointwise.lower(List.of(node));
            case Softmax _ -> softmax.lower(node);
            case Loss _ -> losses.lower(node);
            case Reduction _ -> reductions.lower(node);
            case Shaping op -> {
                if (!op.isView()) {
                    shaping.lower(node);
                }
            }
            case Random _ -> random.lower(node);
            case Update _ -> updates.lower(node);
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
}
