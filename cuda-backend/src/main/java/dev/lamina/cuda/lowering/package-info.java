/**
 * From a graph to steps on a stream: which implementation computes each group of nodes, where values lie in device memory and in which
 * order of axes. Knows nothing of JCuda; imports tensor, graph, backend and {@code dev.lamina.cuda.api}.
 */
package dev.lamina.cuda.lowering;
