/**
 * Files: safetensors, IDX, CIFAR, PNG and JPEG, and atomic replacement. Every reader refuses what is malformed with a
 * {@link dev.lamina.io.CorruptFileException} and never allocates what a header merely claims. May import {@code dev.lamina.tensor} only.
 */
package dev.lamina.io;
