package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Kernel;
import java.util.List;

/**
 * One thing that a run does.
 *
 * @param nodes names of the nodes that it computes; empty for a reorder
 * @param implementation for people
 * @param kernel what it does
 * @param buffers all that it reads or writes
 */
record Step(List<String> nodes, String implementation, Kernel kernel, List<Buffer> buffers) {
}
