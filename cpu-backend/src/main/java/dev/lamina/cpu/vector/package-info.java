/**
 * Vectorised kernels on raw memory (Vector API) and the team of threads they run on: pointwise chains, optimizer updates, random numbers,
 * pooling, batch normalisation, reductions. May import {@code dev.lamina.tensor} and {@code dev.lamina.graph}. Public for the backend
 * beside it, not for users.
 */
package dev.lamina.cpu.vector;
