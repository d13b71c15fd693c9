package dev.lamina.cpu.vector;

import dev.lamina.graph.Update;
import java.util.List;

/** Makes kernels that update variables in place, in one pass over memory. All arrays are contiguous float32. */
public final class UpdateKernels {
    private UpdateKernels() { }

    /**
     * An update of one variable. Zeros stay zeros where the variable, its gradient and its buffers are zero, so padding of a blocked layout
     * may be updated with the rest.
     *
     * @param elements length of the variable, its gradient and its buffers
     * @param operands where the op's operands lie, in its order: a learning rate is one float32, a step number one int64, both read at
     *     each run
     */
    public record Step(Update op, long elements, Pointer... operands) {
        /** Checks the number of operands. */
        public Step {
            int least = switch (op) {
                case Update.Assign _, Update.Ema _ -> 2;
                case Update.Sgd sgd -> sgd.momentum() == 0 ? 3 : 4;
                case Update.Adam _ -> 6;
            };
            int most = op instanceof Update.Ema ? 3 : least;
            if (operands.length < least || operands.length > most) {
                throw new IllegalArgumentException(op.name() + ": has " + operands.length + " operands, needs " + least + ".." + most
                        + ".");
            }
        }
    }

    /**
     * A kernel that does all the updates, their elements shared out evenly among the threads. No two may write the same memory, and none
     * may read what another writes.
     */
    public static Kernel all(Team team, List<Step> steps) {
        return new UpdateBatch(team, steps.stream().map(UpdateKernels::bound).toArray(UpdateStep[]::new));
    }

    /** A kernel that does one update. */
    public static Kernel one(Team team, Update op, long elements, Pointer... operands) {
        return all(team, List.of(new Step(op, elements, operands)));
    }

    private static UpdateStep bound(Step step) {
        return switch (step.op()) {
            case Update.Assign _ -> new AssignStep(step);
            case Update.Sgd op -> new SgdStep(op, step);
            case Update.Adam op -> new AdamStep(op, step);
            case Update.Ema op -> new EmaStep(op, step);
        };
    }
}
