/**
 * Shapes, element types, host tensors and the counter-based random number generator. Imports nothing else of Lamina.
 */
package dev.lamina.tensor;
