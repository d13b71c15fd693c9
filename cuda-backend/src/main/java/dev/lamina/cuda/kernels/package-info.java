/**
 * CUDA C text for chains of pointwise functions, and the cache of compiled kernels in memory and on disk. Imports tensor, graph, backend,
 * {@code dev.lamina.kernels}, {@code dev.lamina.cuda.api} and the seams of {@code dev.lamina.cuda.lowering}.
 */
package dev.lamina.cuda.kernels;
