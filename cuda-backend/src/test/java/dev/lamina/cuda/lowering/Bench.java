package dev.lamina.cuda.lowering;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.backend.fusion.Group;
import dev.lamina.backend.fusion.Lifetimes;
import dev.lamina.cuda.Emulator;
import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.api.PinnedMemory;
import dev.lamina.cuda.api.Stream;
import dev.lamina.cuda.kernels.KernelCache;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Loss;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lowers a small graph node by node, without the executable, and runs its steps. Inputs come in a chosen layout; memory starts out as NaN.
 */
final class Bench implements AutoCloseable {
    private static final byte UNWRITTEN = (byte) 0xff;

    private final Context context;
    private final Stream stream;
    private final Kernels kernels;

    /** How rank-4 inputs lie. */
    record Lie(Order order, boolean narrow) {
        static final Lie PLAIN = new Lie(Order.PLAIN, false);
        static final Lie LAST = new Lie(Order.CHANNELS_LAST, false);
        static final Lie NARROW = new Lie(Order.PLAIN, true);
        static final Lie NARROW_LAST = new Lie(Order.CHANNELS_LAST, true);

        static final List<Lie> ALL = List.of(PLAIN, LAST, NARROW, NARROW_LAST);

        Layout of(TensorType type) {
            return new Layout(type, narrow && type.dtype() == DType.FLOAT32 ? DType.BFLOAT16 : type.dtype(), order);
        }
    }

    /** What a run left. */
    record Outcome(Map<String, Tensor> outputs, Map<String, Layout> layouts, List<Step> steps, Optional<String> fault) {
        Tensor y() {
            return outputs.get("y");
        }
    }

    Bench() {
        Emulator.require();
        context = Context.open(0);
        stream = context.stream();
        kernels = new KernelCache(context);
    }

    Context context() {
        return context;
    }

    /** A graph under construction with its inputs' tensors. */
    static final class Draft {
        final GraphBuilder graph = new GraphBuilder();
        final Map<String, Tensor> inputs = new LinkedHashMap<>();

        Value input(Tensor tensor) {
            String name = "x" + inputs.size();
            inputs.put(name, tensor);
            return graph.input(name, new TensorType(tensor.dtype(), tensor.shape()));
        }

        Draft output(Value y) {
            graph.output("y", y);
            return this;
        }
    }

    /** What the reference computes. */
    static Map<String, Tensor> reference(Draft draft) {
        Graph graph = draft.graph.build();
        try (Backend backend = Backends.open("reference"); State state = backend.createState(graph.variables());
                Executable executable = backend.compile(graph, CompileOptions.defaults())) {
            return new LinkedHashMap<>(executable.call(state, draft.inputs));
        }
    }

    Outcome run(Draft draft, Lie lie) {
        Graph graph = draft.graph.build();
        List<Group> groups = graph.nodes().stream().map(node -> (Group) new Group.Single(node)).toList();
        try (Owned owned = new Owned()) {
            Assembly assembly = new Assembly(kernels, owned, new Lifetimes(graph, groups, false, true), new Convert(), lie.order, true);
            Map<Buffer, Tensor> uploads = new LinkedHashMap<>();
            for (int i = 0; i < groups.size(); i++) {
                assembly.lifetimes().at(i);
                lower(assembly, graph, graph.nodes().get(i), draft.inputs, lie, uploads);
            }
            Map<String, Layout> layouts = new LinkedHashMap<>();
            Map<String, Place> places = new LinkedHashMap<>();
            graph.outputs().forEach((name, value) -> {
                layouts.put(name, assembly.any(value).layout());
                places.put(name, assembly.plain(value, "output"));
            });
            uploads.putAll(assembly.memory().contents());
            return execute(assembly, uploads, layouts, places, owned);
        }
    }

    /** A rectifier's gradient is run with the pooling's before it. */
    private static Optional<Node> rectifier(Graph graph, Node pool) {
        return graph.nodes().stream().filter(n -> n.op() instanceof Pointwise.ReluGradient && n.input(0).node() == pool
                && MaxPoolLowering.takesRectifier(pool)).findFirst();
    }

    private void lower(Assembly assembly, Graph graph, Node node, Map<String, Tensor> inputs, Lie lie, Map<Buffer, Tensor> uploads) {
        switch (node.op()) {
            case Source.Input input -> {
                Buffer given = assembly.buffer(node.name() + " given", Math.max(1, input.type().bytes()));
                Place plain = new Place(given, Layout.plain(input.type()));
                uploads.put(plain.buffer(), inputs.get(input.inputName()));
                Layout wanted = lie.of(input.type());
                if (wanted.isPlain()) {
                    assembly.define(node.output(0), new Place(given, wanted));
                } else {
                    assembly.convert(node.name(), plain, assembly.define(node.output(0), wanted), "test");
                }
            }
            case Source.Constant constant -> assembly.define(node.output(0), assembly.constant(node.name(), constant.tensor()));
            case Pooling _ -> {
                MaxPoolLowering pools = new MaxPoolLowering(assembly);
                rectifier(graph, node).ifPresentOrElse(relu -> pools.lower(new Group.RectifiedPoolGradient(node, relu)),
                        () -> pools.lower(node));
            }
            case Pointwise.ReluGradient _ -> { }
            case Reduction _ -> new ReductionLowering(assembly).lower(node);
            case Loss _ -> new LossLowering(assembly).lower(node);
            case Shaping op -> {
                if (!op.isView()) {
                    new ShapingLowering(assembly).lower(node);
                }
            }
            default -> throw new IllegalArgumentException("bench: " + node);
        }
    }

    private Outcome execute(Assembly assembly, Map<Buffer, Tensor> uploads, Map<String, Layout> layouts, Map<String, Place> places,
            Owned owned) {
        Buffer faults = assembly.faults().buffer();
        for (Buffer buffer : assembly.memory().buffers()) {
            DeviceMemory memory = owned.add(context.allocate(Math.max(1, buffer.bytes()), buffer.name()));
            buffer.moveTo(memory.address());
            stream.fill(memory.address(), buffer == faults ? 0 : UNWRITTEN, Math.max(1, buffer.bytes()));
        }
        uploads.forEach((buffer, tensor) -> upload(buffer.address(), tensor.contiguous(), owned));
        List<Step> steps = new ArrayList<>(assembly.prologue());
        steps.addAll(assembly.steps());
        steps.forEach(step -> step.work().enqueue(stream));
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        places.forEach((name, place) -> {
            TensorType type = place.layout().type();
            outputs.put(name, Tensor.wrap(download(place.buffer().address(), type.bytes(), owned), type.dtype(), type.shape()));
        });
        Optional<String> fault = assembly.faults().first(download(faults.address(), assembly.faults().bytes(), owned));
        return new Outcome(outputs, layouts, steps, fault);
    }

    private void upload(long address, Tensor tensor, Owned owned) {
        if (tensor.byteSize() > 0) {
            PinnedMemory pinned = owned.add(context.pinned(tensor.byteSize(), "upload"));
            tensor.writeTo(pinned.segment(), 0);
            stream.copyToDevice(address, pinned.segment(), tensor.byteSize());
        }
    }

    private MemorySegment download(long address, long bytes, Owned owned) {
        MemorySegment copy = MemorySegment.ofArray(new long[Math.toIntExact(Math.ceilDiv(bytes, (long) Long.BYTES))]).asSlice(0, bytes);
        if (bytes > 0) {
            PinnedMemory pinned = owned.add(context.pinned(bytes, "download"));
            stream.copyToHost(pinned.segment(), address, bytes);
            stream.synchronize();
            MemorySegment.copy(pinned.segment(), ValueLayout.JAVA_BYTE, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes);
        }
        return copy;
    }

    @Override
    public void close() {
        kernels.close();
        stream.close();
        context.close();
    }
}
