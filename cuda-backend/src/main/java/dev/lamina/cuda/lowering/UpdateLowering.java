package dev.lamina.cuda.lowering;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Updates of variables, in place in the state, by {@code update.cu}: one launch for all variables of a group, see {@link UpdateGroups}. The
 * optimizer's buffers lie as their variable does, and the gradient follows; it may be held as bfloat16.
 */
final class UpdateLowering {
    private static final String FAMILY = "update";

    private final Assembly assembly;

    UpdateLowering(Assembly assembly) {
        this.assembly = assembly;
    }

    /** Gives the buffers of an optimizer, and averages of weights, the layout of the variable that they belong to. */
    void plan(Graph graph) {
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Update update) {
                List<Integer> updated = update.updated(node.inputs().size());
                Layout layout = updated.stream().map(i -> planned(node.input(i))).filter(l -> l != null).findFirst()
                        .orElse(update instanceof Update.Ema ? planned(node.input(1)) : null);
                if (layout != null) {
                    updated.stream().map(node::input).filter(v -> v.type().equals(layout.type()))
                            .forEach(v -> assembly.planState(((Source.Variable) v.node().op()).variableName(), layout));
                }
            }
        }
    }

    private Layout planned(Value value) {
        return switch (value.node().op()) {
            case Source.Variable variable -> assembly.plannedState(variable.variableName()).orElse(null);
            case Update update -> planned(value.node().input(update.updated(value.node().inputs().size()).get(value.output())));
            default -> null;
        };
    }

    /** Adds the step of one update. */
    void lower(Node node) {
        lower(List.of(node));
    }

    /** Adds the step of updates that {@link UpdateGroups} has put together. */
    void lower(List<Node> nodes) {
        List<Node> filled = nodes.stream().filter(node -> node.input(0).type().elements() > 0).toList();
        if (!filled.isEmpty()) {
            new Launched(filled).add();
        }
    }

    /** A row of the table: the variable, the other operand, the optimizer's buffers. */
    private record Row(Place variable, Place operand, List<Place> buffers) {
        List<Buffer> entries() {
            List<Buffer> entries = new ArrayList<>(List.of(variable.buffer(), operand.buffer()));
            buffers.forEach(place -> entries.add(place.buffer()));
            return entries;
        }
    }

    /** A variable that lies otherwise than its update wants, and its copy. */
    private record Copy(String name, Place home, Place copy) {
    }

    private final class Launched {
        private final List<Node> nodes;
        private final Node first;
        private final List<Row> rows = new ArrayList<>();
        private final List<Copy> copies = new ArrayList<>();

        Launched(List<Node> nodes) {
            this.nodes = nodes;
            this.first = nodes.getFirst();
        }

        void add() {
            nodes.forEach(node -> rows.add(row(node)));
            List<Buffer> entries = rows.stream().flatMap(row -> row.entries().stream()).toList();
            Chunks chunks = Chunks.of(rows.stream().mapToLong(row -> row.variable.layout().type().elements()).toArray(),
                    rows.stream().mapToInt(this::kind).toArray());
            String name = first.op().name() + " of " + nodes.size() + (nodes.size() == 1 ? " variable" : " variables");
            PointerTable table = assembly.table("addresses for " + name, entries);
            KernelCall call = assembly.kernel(nodes.stream().map(Node::name).toList(), "kernel " + name,
                            assembly.kernels().resource(FAMILY, List.of(), kernel()))
                    .grid(chunks.count(), 1, 1).pointer(table.memory()).pointer(assembly.constant("chunks for " + name, chunks.tensor()))
                    .uses(entries);
            arguments(call);
            call.add();
            copies.forEach(copy -> assembly.convert(copy.name, copy.copy, copy.home, "update of " + copy.name));
        }

        private Row row(Node node) {
            Update op = (Update) node.op();
            List<Integer> updated = op.updated(node.inputs().size());
            Place variable = aligned(node.input(0), Layout.of(node.input(0).type(), assembly.any(node.input(0)).layout().order()));
            List<Place> buffers = updated.stream().filter(i -> i != 0).map(i -> aligned(node.input(i), variable.layout())).toList();
            return new Row(variable, operand(node.input(1), variable), buffers);
        }

        /** A variable where the update changes it: where it is, or if it lies otherwise, in a copy. */
        private Place aligned(Value value, Layout wanted) {
            Place home = assembly.any(value);
            Place place = assembly.in(value, wanted, "update of " + value.name());
            if (place.buffer() != home.buffer()) {
                copies.add(new Copy(value.name(), home, place));
            }
            return place;
        }

        private Place operand(Value value, Place variable) {
            Layout own = assembly.any(value).layout();
            return own.sameOrder(variable.layout()) ? assembly.any(value)
                    : assembly.in(value, variable.layout().order(), "update of a variable in that order");
        }

        /** What the kernel must know of a chunk. */
        private int kind(Row row) {
            boolean narrow = row.operand.layout().isNarrow();
            return first.op() instanceof Update.Assign ? narrow ? 0 : row.variable.layout().element().bytes() : narrow ? 1 : 0;
        }

        private String kernel() {
            DType type = first.input(0).dtype();
            return switch ((Update) first.op()) {
                case Update.Assign _ -> "assign";
                case Update.Sgd sgd -> (sgd.momentum() == 0 ? "sgd_" : "momentum_") + type;
                case Update.Adam _ -> "adam_" + type;
                case Update.Ema _ -> (first.inputs().size() == 3 ? "warm_ema_" : "ema_") + type;
            };
        }

        private void arguments(KernelCall call) {
            switch ((Update) first.op()) {
                case Update.Assign _ -> { }
                case Update.Sgd sgd -> {
                    rate(call).float64(sgd.weightDecay());
                    if (sgd.momentum() != 0) {
                        boolean inside = sgd.form() == Update.MomentumForm.RATE_INSIDE;
                        call.float64(sgd.momentum()).int32(sgd.nesterov() ? 1 : 0).int32(inside ? 1 : 0);
                    }
                }
                case Update.Adam adam -> rate(call).pointer(assembly.plain(first.input(5), "step number")).float64(adam.beta1())
                        .float64(adam.beta2()).float64(adam.epsilon()).float64(adam.weightDecay()).int32(adam.decoupled() ? 1 : 0);
                case Update.Ema ema -> {
                    if (first.inputs().size() == 3) {
                        call.pointer(assembly.plain(first.input(2), "step number"));
                    }
                    call.float64(ema.decay());
                }
            }
        }

        /** The learning rate and the number of its type. */
        private KernelCall rate(KernelCall call) {
            Place rate = assembly.any(first.input(2));
            return call.pointer(rate).int32(switch (rate.layout().element()) {
                case FLOAT32 -> 0;
                case FLOAT64 -> 1;
                case BFLOAT16 -> 2;
                case FLOAT16 -> 3;
                case INT32, INT64, UINT8, BOOL -> throw new IllegalStateException("the learning rate of " + first + " is " + rate.layout());
            });
        }
    }
}
