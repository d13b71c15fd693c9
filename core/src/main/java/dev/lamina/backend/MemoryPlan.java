package dev.lamina.backend;

import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A static place in one arena for every value of a graph, from the values' lifetimes: two values share bytes only if one is dead before the
 * other is born. Views take their operand's place; a pointwise node may take over the place of an operand that dies with it. Variables live
 * in the state, and update nodes write there, so neither has a place. Immutable and thread-safe.
 */
public final class MemoryPlan {
    /** Every place starts at a multiple of this many bytes. */
    public static final long ALIGNMENT = 64;

    private final Map<Value, Long> offsets;
    private final long bytes;
    private final long lowerBound;
    private final Node peakNode;

    private MemoryPlan(Map<Value, Long> offsets, long bytes, long lowerBound, Node peakNode) {
        this.offsets = Map.copyOf(offsets);
        this.bytes = bytes;
        this.lowerBound = lowerBound;
        this.peakNode = peakNode;
    }

    /** Plans a graph under the options that concern memory: keepAll, MEMORY_REUSE and IN_PLACE. */
    public static MemoryPlan of(Graph graph, CompileOptions options) {
        return new Planner(graph, options).plan();
    }

    /** The plan of a backend that places values itself, perhaps in other layouts and with memory of its own between them. */
    public static MemoryPlan placed(Map<Value, Long> offsets, long bytes, long lowerBound) {
        return new MemoryPlan(offsets, bytes, lowerBound, null);
    }

    /** Size of the arena in bytes. */
    public long bytes() {
        return bytes;
    }

    /** Bytes alive during {@link #peakNode}: with these lifetimes no arena can be smaller. */
    public long lowerBound() {
        return lowerBound;
    }

    /** Start of a value's place in the arena, in bytes; -1 for values that live in the state. */
    public long offset(Value value) {
        return offsets.getOrDefault(value, -1L);
    }

    /** The node during which the most bytes are alive; null for an empty arena. */
    public Node peakNode() {
        return peakNode;
    }

    /** True if the value, or the value it is a view of, lives in the state. */
    public static boolean livesInState(Value value) {
        return value.root().node().op() instanceof Source.Variable || value.root().node().op() instanceof Update;
    }

    /** Bytes of a value rounded up to the alignment. */
    public static long aligned(Value value) {
        return Math.multiplyExact(Math.ceilDiv(value.type().bytes(), ALIGNMENT), ALIGNMENT);
    }

    private static final class Planner {
        private final Graph graph;
        private final CompileOptions options;
        private final Map<Value, Integer> lastUse = new HashMap<>();
        private final Map<Value, Integer> birth = new HashMap<>();
        private final Map<Value, Value> takenOver = new HashMap<>();

        Planner(Graph graph, CompileOptions options) {
            this.graph = graph;
            this.options = options;
        }

        MemoryPlan plan() {
            int end = graph.nodes().size();
            Set<Value> kept = new HashSet<>();
            graph.outputs().values().forEach(v -> kept.add(v.root()));
            for (int i = 0; i < end; i++) {
                Node node = graph.nodes().get(i);
                for (Value input : node.inputs()) {
                    lastUse.put(input.root(), i);
                }
                for (Value output : node.outputs()) {
                    birth.put(output, i);
                    lastUse.putIfAbsent(output, i);
                }
            }
            boolean keepAll = options.keepAll() || !options.passes().contains(CompileOptions.Pass.MEMORY_REUSE);
            for (Value value : List.copyOf(lastUse.keySet())) {
                // Constants are written once, before the first run, and inputs before each: both must outlive the whole run.
                if (keepAll || kept.contains(value) || value.node().op() instanceof Source.Constant) {
                    lastUse.put(value, end);
                }
                if (value.node().op() instanceof Source.Constant || value.node().op() instanceof Source.Input) {
                    birth.put(value, -1);
                }
            }
            if (!keepAll && options.passes().contains(CompileOptions.Pass.IN_PLACE)) {
                takeOver();
            }
            return place();
        }

        private void takeOver() {
            for (int i = 0; i < graph.nodes().size(); i++) {
                Node node = graph.nodes().get(i);
                if (!node.op().inPlace()) {
                    continue;
                }
                for (Value input : node.inputs()) {
                    Value donor = input.root();
                    boolean dies = lastUse.get(donor) == i && !livesInState(input) && !(donor.node().op() instanceof Source);
                    boolean fits = input.type().bytes() == node.output(0).type().bytes()
                            && input.shape().equals(node.output(0).shape());
                    if (dies && fits) {
                        takenOver.put(node.output(0), donor);
                        break;
                    }
                }
            }
        }

        private Value owner(Value value) {
            Value owner = value.root();
            while (takenOver.containsKey(owner)) {
                owner = takenOver.get(owner);
            }
            return owner;
        }

        private MemoryPlan place() {
            Map<Value, Integer> death = new LinkedHashMap<>();
            for (Node node : graph.nodes()) {
                for (Value value : node.outputs()) {
                    if (!livesInState(value)) {
                        death.merge(owner(value), lastUse.get(value.root()), Math::max);
                    }
                }
            }
            List<ArenaPlanner.Block> blocks = new ArrayList<>();
            Map<Value, Integer> block = new HashMap<>();
            death.forEach((value, last) -> {
                block.put(value, blocks.size());
                blocks.add(new ArenaPlanner.Block(value.type().bytes(), birth.get(value), last));
            });
            ArenaPlanner.Plan plan = ArenaPlanner.plan(blocks, ALIGNMENT);
            Map<Value, Long> offsets = new HashMap<>();
            for (Node node : graph.nodes()) {
                for (Value value : node.outputs()) {
                    if (!livesInState(value)) {
                        offsets.put(value, plan.offsets()[block.get(owner(value))]);
                    }
                }
            }
            // What is alive before the first node is alive during it too.
            Node peak = plan.lowerBound() == 0 ? null : graph.nodes().get(Math.max(0, plan.peakStep()));
            return new MemoryPlan(offsets, plan.bytes(), plan.lowerBound(), peak);
        }
    }
}
