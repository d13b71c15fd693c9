package dev.lamina.io.onnx.ops;

import dev.lamina.graph.Value;
import java.util.List;
import java.util.function.Function;

/** How calls of one ONNX operator become Lamina's ops. */
@FunctionalInterface
interface Operator {
    /**
     * Adds the nodes.
     *
     * @return what the call's outputs stand for; those past the ones that the call names may be left out
     * @throws dev.lamina.graph.GraphException if the call breaks the operator's rules or asks for what Lamina has not
     */
    List<Operand> convert(Call call);

    /** An operator with one output. */
    static Operator of(Function<Call, Operand> convert) {
        return call -> List.of(convert.apply(call));
    }

    /** An operator with one output, computed when the graph runs. */
    static Operator single(Function<Call, Value> convert) {
        return call -> List.of(Operand.of(convert.apply(call)));
    }
}
