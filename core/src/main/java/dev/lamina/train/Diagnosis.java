package dev.lamina.train;

import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.data.Batch;
import dev.lamina.graph.Node;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/**
 * Finds where the first number that is not finite came from: replays the steps since a known state, then runs the bad one with every value
 * kept. Training is over by then, so the session's state may be overwritten.
 */
final class Diagnosis {
    /** More steps than this are not replayed. */
    static final long LIMIT = 2000;

    private final Session session;
    private final BatchSource batches;

    Diagnosis(Session session, BatchSource batches) {
        this.session = session;
        this.batches = batches;
    }

    /**
     * Describes the origin, given that the session's state is that of position (epoch, batch, step) and that the loss of a later step is
     * bad.
     *
     * @return for example {@code first in conv2d "conv1", float32 [64, 6, 24, 24]}, or empty if nothing was found
     */
    Optional<String> find(int epoch, int batch, long step, long badStep) {
        int inEpoch = batch;
        long at = step;
        for (int e = epoch; at <= badStep; e++) {
            long before = at;
            try (BatchSource.Stream stream = batches.open(e, inEpoch)) {
                for (; stream.hasNext() && at <= badStep; at++) {
                    Batch next = stream.next();
                    session.setRate(at);
                    if (at == badStep) {
                        return examine(next.trimmed());
                    }
                    session.step(next);
                }
            }
            if (at == before && e > epoch) {
                return Optional.empty();
            }
            inEpoch = 0;
        }
        return Optional.empty();
    }

    private Optional<String> examine(Batch batch) {
        State state = session.state();
        for (Map.Entry<String, TensorType> variable : state.variables().entrySet()) {
            if (variable.getValue().dtype().isFloating()) {
                Optional<String> bad = describe(state.get(variable.getKey()));
                if (bad.isPresent()) {
                    return Optional.of("variable \"" + variable.getKey() + "\" holds " + bad.get() + " since the step before");
                }
            }
        }
        TrainingGraph graph = session.recipe().training(batch.size());
        try (Executable executable = session.backend().compile(graph.graph(), session.options().keepingAll())) {
            executable.run(state, Executables.inputs(batch));
            for (Node node : graph.graph().nodes()) {
                if (node.op() instanceof Source || node.op() instanceof Update || node.op().isView()) {
                    continue;
                }
                for (Value value : node.outputs()) {
                    Optional<String> bad = value.dtype().isFloating() ? describe(executable.read(value)) : Optional.empty();
                    if (bad.isPresent()) {
                        return Optional.of(bad.get() + " first appears in " + node + ", " + value.type());
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> describe(Tensor tensor) {
        for (double value : tensor.toDoubles()) {
            if (!Double.isFinite(value)) {
                return Optional.of(Double.toString(value));
            }
        }
        return Optional.empty();
    }
}
