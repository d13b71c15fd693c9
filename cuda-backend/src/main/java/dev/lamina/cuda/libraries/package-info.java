/**
 * Where NVIDIA's libraries and JCuda's natives come from: finding, checking and loading them, and what to say where that fails. Calls no
 * JCuda. May import {@code dev.lamina.backend}.
 */
package dev.lamina.cuda.libraries;
