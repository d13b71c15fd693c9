/**
 * The layer graph: values, nodes and ops with their shape rules, costs and gradients; the reverse-mode transformation, passes that
 * shorten a graph, and summaries. Each op family is one sealed interface whose file holds the records and the functions that add them to
 * a graph. May import {@code dev.lamina.tensor} only.
 */
package dev.lamina.graph;
