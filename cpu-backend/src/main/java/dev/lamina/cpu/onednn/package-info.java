/**
 * The {@code cpu} backend: graphs compiled for oneDNN, called through its C API, and for the vector kernels beside it. A graph is grouped
 * ({@link dev.lamina.cpu.onednn.Fusion}), each group lowered to steps over buffers, the buffers placed in one arena; a run only executes.
 */
package dev.lamina.cpu.onednn;
