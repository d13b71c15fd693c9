/**
 * Vectorised kernels on raw memory (Vector API) and the team of threads they run on: pointwise chains, optimizer updates, random numbers,
 * pooling, batch normalisation, reductions, losses, moves of elements. May import {@code dev.lamina.tensor} and {@code dev.lamina.graph}.
 * Public for the backend beside it, not for users.
 *
 * <p>Loops call the Vector API directly, not through helpers: the compiler inlines its methods always, but ours only until a method has
 * grown to a limit (NodeCountInliningCutoff, InlineSmallCode), and a vector that crosses a call lives on the heap.
 */
package dev.lamina.cpu.vector;
