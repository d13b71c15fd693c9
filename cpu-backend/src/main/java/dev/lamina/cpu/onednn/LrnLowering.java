package dev.lamina.cpu.onednn;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization.Lrn;
import dev.lamina.graph.Normalization.LrnGradient;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Local response normalisation by oneDNN, whose forward primitive leaves a workspace for the backward one. */
final class LrnLowering {
    private final Assembly assembly;
    private final Precision precision;
    private final Graph graph;
    private final Map<Key, Place> workspaces = new HashMap<>();

    private record Key(Value input, Lrn op) {
    }

    LrnLowering(Assembly assembly, Precision precision, Graph graph) {
        this.assembly = assembly;
        this.precision = precision;
        this.graph = graph;
    }

    /** True if oneDNN takes the node: float32, not empty, a window with a middle. */
    static boolean supports(Node node) {
        Lrn op = switch (node.op()) {
            case Lrn lrn -> lrn;
            case LrnGradient gradient -> gradient.forward();
            default -> null;
        };
        TensorType type = node.output(0).type();
        return op != null && op.size() == 5 && type.elements() > 0 && type.shape().dim(1) % 16 == 0 && Precision.isFloat32(type);
    }

    /** True if the forward node of a gradient has been lowered here, so that its workspace exists. */
    boolean hasWorkspace(Node gradient) {
        return workspaces.containsKey(new Key(gradient.input(1), ((LrnGradient) gradient.op()).forward()));
    }

    /** Adds the steps of the forward node. */
    void forward(Node node) {
        Lrn op = (Lrn) node.op();
        boolean trained = graph.nodes().stream().anyMatch(n -> n.op().equals(new LrnGradient(op)) && n.input(1) == node.input(0));
        Layout layout = layout(node.input(0));
        PrimitiveDesc desc = forwardDesc(op, layout, trained);
        Map<Integer, Place> arguments = new LinkedHashMap<>();
        arguments.put(Dnnl.ARG_SRC, assembly.in(node.input(0), layout, "input of " + node.name()));
        arguments.put(Dnnl.ARG_DST, assembly.define(node.output(0), layout));
        if (trained) {
            long bytes = desc.workspaceBytes();
            Place workspace = new Place(assembly.buffer("workspace of " + node.name(), bytes), Assembly.bytesLayout(bytes));
            workspaces.put(new Key(node.input(0), op), workspace);
            if (bytes > 0) {
                arguments.put(Dnnl.ARG_WORKSPACE, workspace);
            }
        }
        assembly.primitive(List.of(node.name()), desc, "oneDNN " + desc.implementation(), arguments);
    }

    /** The value's own layout; oneDNN's row-major kernel is slow, so row-major images are taken with channels last. */
    private Layout layout(Value input) {
        Layout own = assembly.any(input).layout();
        return own.isPlain() ? Layout.channelsLast(input.type()) : own;
    }

    private PrimitiveDesc forwardDesc(Lrn op, Layout layout, boolean trained) {
        NativeScope scope = assembly.scope();
        long data = layout.descriptor(scope);
        long attributes = precision.attributes(assembly);
        long kind = trained ? Dnnl.FORWARD_TRAINING : Dnnl.FORWARD_INFERENCE;
        return new PrimitiveDesc(scope.own("lrn_forward_primitive_desc_create", Dnnl.PRIMITIVE_DESC_DESTROY,
                out -> (int) Dnnl.LRN_FORWARD.invokeExact(out, scope.engine(), kind, (long) Dnnl.LRN_ACROSS_CHANNELS, data, data,
                        (long) op.size(), alpha(op), (float) op.beta(), (float) op.k(), attributes)), scope);
    }

    /** oneDNN divides by the window's size. */
    private static float alpha(Lrn op) {
        return (float) (op.factor() * op.size());
    }

    /** Adds the steps of the gradient. */
    void gradient(Node node) {
        Lrn op = ((LrnGradient) node.op()).forward();
        Layout layout = layout(node.input(1));
        NativeScope scope = assembly.scope();
        long data = layout.descriptor(scope);
        long attributes = precision.attributes(assembly);
        long hint = forwardDesc(op, layout, true).handle();
        PrimitiveDesc desc = new PrimitiveDesc(scope.own("lrn_backward_primitive_desc_create", Dnnl.PRIMITIVE_DESC_DESTROY,
                out -> (int) Dnnl.LRN_BACKWARD.invokeExact(out, scope.engine(), (long) Dnnl.LRN_ACROSS_CHANNELS, data, data, data,
                        (long) op.size(), alpha(op), (float) op.beta(), (float) op.k(), hint, attributes)), scope);
        TensorType type = node.output(0).type();
        Map<Integer, Place> arguments = new LinkedHashMap<>();
        arguments.put(Dnnl.ARG_SRC, assembly.in(node.input(1), layout, "input of " + node.name()));
        arguments.put(Dnnl.ARG_DIFF_DST, assembly.in(node.input(0), layout, "gradient at " + node.name()));
        Place workspace = workspaces.get(new Key(node.input(1), op));
        if (workspace.buffer().bytes() > 0) {
            arguments.put(Dnnl.ARG_WORKSPACE, workspace);
        }
        arguments.put(Dnnl.ARG_DIFF_SRC, assembly.define(node.output(0), layout));
        assembly.primitive(List.of(node.name()), desc, "oneDNN " + desc.implementation(), arguments);
    }
}
