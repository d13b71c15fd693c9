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
        cases.add(new OpCase(name, differentiable, reduction, 1, List.copyOf(operands), body));
    }

    /**
     * A case in which a bounded function follows a sum. Products of two numbers uniform in [-2, 2] deviate by 4/3, a sum of k of them by
     * 4/3 √k: that is the magnitude its rounding errors refer to, whatever the function makes of it.
     */
    void squashed(String name, long reduction, List<Operand> operands, OpCase.Body body) {
        cases.add(new OpCase(name, true, reduction, 4 / 3.0 * Math.sqrt(reduction), List.copyOf(operands), body));
    }

    List<OpCase> cases() {
        return List.copyOf(cases);
    }
}
