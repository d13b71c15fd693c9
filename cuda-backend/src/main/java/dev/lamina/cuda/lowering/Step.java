package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Stream;
import java.util.List;

/**
 * One thing that a run does.
 *
 * @param nodes names of the nodes that it computes; empty for a change of layout
 * @param implementation for people, e.g. {@code cuDNN conv2d IMPLICIT_PRECOMP_GEMM NHWC} or {@code kernel max_pool}
 * @param note why a slower one was taken; or empty
 * @param work puts it on a stream
 * @param buffers all that it reads or writes
 */
public record Step(List<String> nodes, String implementation, String note, Work work, List<Buffer> buffers) {

    /** Puts work on a stream. Called for every capture and every plain run; allocates nothing, waits for nothing. */
    @FunctionalInterface
    public interface Work {
        /** Enqueues. */
        void enqueue(Stream stream);
    }
}
