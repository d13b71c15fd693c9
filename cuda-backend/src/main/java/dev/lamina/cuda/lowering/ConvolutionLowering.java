package dev.lamina.cuda.lowering;

import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.fusion.Group.Activated;
import dev.lamina.cuda.api.ConvolutionPass;
import dev.lamina.cuda.api.ConvolutionSearch;
import dev.lamina.cuda.api.ConvolutionSearch.Effort;
import dev.lamina.cuda.api.Dnn;
import dev.lamina.cuda.api.DnnConvolution;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Convolutions by cuDNN, with bias, sum and rectifier in the same pass where it has an algorithm for that; by {@link DirectConvolution}
 * where it has none, or is not wanted.
 */
final class ConvolutionLowering {
    private final Assembly assembly;
    private final Precision precision;
    private final Dnn dnn;
    private final ConvolutionSearch search;
    private final DirectConvolution direct;
    private final boolean fast;

    /** A convolution whose algorithm is known, in the layout it is for. */
    private record Chosen(ConvolutionCase problem, DnnConvolution convolution) {
    }

    ConvolutionLowering(Assembly assembly, Toolbox tools, Precision precision, Set<Pass> passes) {
        boolean measure = tools.search() && passes.contains(Pass.ALGORITHM_SEARCH);
        this.assembly = assembly;
        this.precision = precision;
        this.dnn = tools.dnn();
        this.search = new ConvolutionSearch(dnn, tools.algorithms(), new ConvolutionSearch.Options(
                measure ? Effort.MEASURED : Effort.GUESSED, tools.workspaceBytes(), precision.deterministic()));
        this.direct = new DirectConvolution(assembly);
        this.fast = passes.contains(Pass.FAST_KERNELS);
    }

    /** True for convolutions that take a sum and a rectifier along. */
    static boolean fuses(Node node) {
        return node.op() instanceof Convolution.Conv2d;
    }

    /** Lets filters live in the state in the order that their convolutions want. */
    void plan(Graph graph) {
        for (Node node : graph.nodes()) {
            boolean reads = node.op() instanceof Convolution.Conv2d || node.op() instanceof Convolution.Conv2dDataGradient;
            if (reads && node.input(1).node().op() instanceof Source.Variable variable) {
                assembly.planState(variable.variableName(), Layout.of(variable.type(), order(variable.type().dtype())));
            }
        }
    }

    /** cuDNN has float64 in row-major order only. */
    private Order order(DType type) {
        return type == DType.FLOAT64 ? Order.PLAIN : assembly.images();
    }

    private ConvolutionCase problem(Convolution op, TensorType input, Shape filter, Shape output) {
        DType element = precision.operand(input.dtype());
        return new ConvolutionCase(op, input.shape(), filter, output, element, order(input.dtype()), precision.arithmetic(element));
    }

    /** The algorithm of a pass, in the wanted order or else in row-major order; none if only kernels of our own are wanted. */
    private Optional<Chosen> choose(ConvolutionCase problem, ConvolutionPass pass) {
        if (!fast || problem.obstacle().isPresent()) {
            return Optional.empty();
        }
        List<ConvolutionCase> cases = new ArrayList<>(List.of(problem));
        if (problem.order() != Order.PLAIN) {
            cases.add(problem.plain());
        }
        for (ConvolutionCase c : cases) {
            Optional<Chosen> chosen = search.find(c.shape(), pass)
                    .map(algorithm -> new Chosen(c, assembly.own(new DnnConvolution(dnn, c.shape(), pass, algorithm))));
            if (chosen.isPresent()) {
                return chosen;
            }
        }
        return Optional.empty();
    }

    /** Adds the steps of a forward convolution and what follows it. */
    void forward(Activated group) {
        Node node = group.product();
        ConvolutionCase problem = problem((Convolution) node.op(), node.input(0).type(), node.input(1).shape(), node.output(0).shape());
        Epilogue epilogue = Epilogue.of(group);
        Optional<Chosen> whole = epilogue.pass().flatMap(pass -> choose(problem, pass));
        Optional<Chosen> bare = whole.isPresent() || epilogue.isEmpty() ? Optional.empty() : choose(problem, ConvolutionPass.FORWARD);
        ConvolutionCase c = whole.or(() -> bare).map(Chosen::problem).orElse(problem);
        Buffer x = operand(node.input(0), c, "input of " + node.name());
        Buffer w = operand(node.input(1), c, "filter of " + node.name());
        Layout layout = new Layout(group.result().type(), c.element(), c.order());
        if (whole.isPresent()) {
            whole(group, epilogue, whole.get(), x, w, layout);
            return;
        }
        Place y = assembly.define(group.result(), layout);
        if (layout.bytes() == 0) {
            return;
        }
        List<String> nodes = List.of(node.name());
        bare.ifPresentOrElse(chosen -> forward(nodes, chosen, x, w, y.buffer()), () -> {
            explain(problem);
            direct.forward(nodes, problem, x, w, y.buffer());
        });
        epilogue.add(assembly, y, c.output().dim(1), DnnLayouts.inner(layout));
    }

    /** The convolution with all that follows in one call. */
    private void whole(Activated group, Epilogue epilogue, Chosen chosen, Buffer x, Buffer w, Layout layout) {
        if (epilogue.isEmpty()) {
            forward(epilogue.nodes(), chosen, x, w, assembly.define(group.result(), layout).buffer());
            return;
        }
        Value bias = epilogue.bias().orElseThrow();
        Layout narrow = new Layout(bias.type(), layout.element(), Order.PLAIN);
        Buffer row = assembly.in(bias, narrow, "bias of " + group.product().name()).buffer();
        Optional<Buffer> other = epilogue.other(assembly, layout).map(Place::buffer);
        Buffer y = assembly.define(group.result(), layout).buffer();
        Buffer image = shifted(epilogue.nodes(), chosen.problem, x);
        Buffer z = other.orElse(y);
        run(epilogue.nodes(), chosen, List.of(image, w, row, z, y), workspace ->
                chosen.convolution.forwardBiased(image.address(), w.address(), row.address(), z.address(), y.address(), workspace));
    }

    private void forward(List<String> nodes, Chosen chosen, Buffer x, Buffer w, Buffer y) {
        Buffer image = shifted(nodes, chosen.problem, x);
        run(nodes, chosen, List.of(image, w, y), workspace ->
                chosen.convolution.forward(image.address(), w.address(), y.address(), workspace));
    }

    private Buffer shifted(List<String> nodes, ConvolutionCase c, Buffer input) {
        return c.isShifted() ? direct.pad(nodes, c, input) : input;
    }

    /** Adds the steps of the gradient by the input. */
    void dataGradient(Node node) {
        Convolution.Conv2dDataGradient op = (Convolution.Conv2dDataGradient) node.op();
        ConvolutionCase problem = problem(op, node.output(0).type(), node.input(1).shape(), node.input(0).shape());
        Optional<Chosen> chosen = choose(problem, ConvolutionPass.DATA_GRADIENT);
        ConvolutionCase c = chosen.map(Chosen::problem).orElse(problem);
        Buffer y = operand(node.input(0), c, "gradient at " + node.name());
        Buffer w = operand(node.input(1), c, "filter of " + node.name());
        Layout layout = new Layout(node.output(0).type(), c.element(), c.order());
        Buffer x = assembly.define(node.output(0), layout).buffer();
        List<String> nodes = List.of(node.name());
        if (chosen.isPresent()) {
            Buffer target = c.isShifted() ? direct.shiftedBuffer(nodes, c) : x;
            run(nodes, chosen.get(), List.of(y, w, target), workspace ->
                    chosen.get().convolution.dataGradient(y.address(), w.address(), target.address(), workspace));
            if (c.isShifted()) {
                direct.crop(nodes, c, target, x);
            }
        } else if (layout.bytes() > 0) {
            explain(problem);
            direct.dataGradient(nodes, problem, y, w, x);
        }
    }

    /** Adds the steps of the gradient by the filter. */
    void filterGradient(Node node) {
        Convolution.Conv2dFilterGradient op = (Convolution.Conv2dFilterGradient) node.op();
        ConvolutionCase problem = problem(op, node.input(0).type(), node.output(0).shape(), node.input(1).shape());
        Optional<Chosen> chosen = choose(problem, ConvolutionPass.FILTER_GRADIENT);
        ConvolutionCase c = chosen.map(Chosen::problem).orElse(problem);
        Buffer x = operand(node.input(0), c, "input of " + node.name());
        Buffer y = operand(node.input(1), c, "gradient at " + node.name());
        Layout layout = new Layout(node.output(0).type(), c.element(), c.order());
        Buffer w = assembly.define(node.output(0), layout).buffer();
        List<String> nodes = List.of(node.name());
        if (chosen.isPresent()) {
            Buffer image = shifted(nodes, c, x);
            run(nodes, chosen.get(), List.of(image, y, w), workspace ->
                    chosen.get().convolution.filterGradient(image.address(), y.address(), w.address(), workspace));
        } else if (layout.bytes() > 0) {
            explain(problem);
            direct.filterGradient(nodes, problem, x, y, w);
        }
    }

    private Buffer operand(Value value, ConvolutionCase c, String reason) {
        return assembly.in(value, new Layout(value.type(), c.element(), c.order()), reason).buffer();
    }

    private void explain(ConvolutionCase problem) {
        String which = precision.deterministic() ? "deterministic algorithm" : "algorithm";
        assembly.because(!fast ? "fast kernels are switched off"
                : problem.obstacle().orElse("cuDNN has no " + which + " for it within the workspace limit"));
    }

    /** A call of cuDNN's with the address of its workspace. */
    @FunctionalInterface
    private interface Call {
        void run(long workspace);
    }

    private void run(List<String> nodes, Chosen chosen, List<Buffer> buffers, Call call) {
        long bytes = chosen.convolution.workspaceBytes();
        List<Buffer> used = new ArrayList<>(buffers);
        String name = chosen.convolution.describe() + " " + new Layout(TensorType.of(DType.FLOAT32, 1, 1, 1, 1), DType.FLOAT32,
                chosen.problem.order()) + " " + chosen.problem.arithmetic();
        if (bytes == 0) {
            assembly.add(nodes, name, stream -> {
                dnn.stream(stream);
                call.run(0);
            }, used);
            return;
        }
        Buffer workspace = assembly.buffer("workspace of " + String.join("+", nodes), bytes);
        used.add(workspace);
        assembly.add(nodes, name, stream -> {
            dnn.stream(stream);
            call.run(workspace.address());
        }, used);
    }
}
