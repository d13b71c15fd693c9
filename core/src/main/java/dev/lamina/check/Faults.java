package dev.lamina.check;
/** Plants defects. */
final class Faults { static dev.lamina.graph.Rewritten inject(dev.lamina.graph.Graph g, Fault f, dev.lamina.backend.CompileOptions.Poison p) { throw new IllegalStateException(); } }
