package dev.lamina.graph.cases;

import dev.lamina.graph.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Collects cases. */
final class CaseList {
    private final List<OpCase> cases = new ArrayList<>();

    /** A case whose gradient is checked. */
    void smooth(String name, long reduction, List<Operand> operands, Function<List<Value>, Value> body) {
        add(name, true, reduction, operands, (_, _, v) -> List.of(body.apply(v)));
    }

    /** A case without gradient. */
    void plain(String name, List<Operand> operands, Function<List<Value>, Value> body) {
        add(name, false, 1, operands, (_, _, v) -> List.of(body.apply(v)));
    }

    void add(String name, boolean differentiable, long reduction, List<Operand> operands, OpCase.Body body) {
        cases.add(new OpCase(name, differentiable, reduction, List.copyOf(operands), body));
    }

    List<OpCase> cases() {
        return List.copyOf(cases);
    }
}
