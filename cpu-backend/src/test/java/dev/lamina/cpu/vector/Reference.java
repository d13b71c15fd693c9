package dev.lamina.cpu.vector;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Op;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs one op on the reference backend. */
final class Reference {
    private static final Backend BACKEND = Backends.open("reference");

    private Reference() { }

    /** The op's results; those of an update are the variables' new values. */
    static List<Tensor> run(Op op, Tensor... operands) {
        GraphBuilder builder = new GraphBuilder();
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < operands.length; i++) {
            values.add(builder.variable("v" + i, new TensorType(operands[i].dtype(), operands[i].shape()), false));
        }
        Node node = builder.addNode(op, values);
        if (!(op instanceof Update)) {
            for (int i = 0; i < node.outputs().size(); i++) {
                builder.output("o" + i, node.output(i));
            }
        }
        Graph graph = builder.build();
        try (State state = BACKEND.createState(graph.variables());
                Executable executable = BACKEND.compile(graph, CompileOptions.defaults())) {
            for (int i = 0; i < operands.length; i++) {
                state.set("v" + i, operands[i]);
            }
            executable.run(state, Map.of());
            return op instanceof Update update
                    ? update.updated(operands.length).stream().map(i -> state.get("v" + i)).toList()
                    : graph.outputs().keySet().stream().map(executable::read).toList();
        }
    }

    /** Its first result. */
    static Tensor one(Op op, Tensor... operands) {
        return run(op, operands).getFirst();
    }
}
