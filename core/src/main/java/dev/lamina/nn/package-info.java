/**
 * Layers as functions that add to a graph, their parameters and initial values. May import {@code dev.lamina.tensor},
 * {@code dev.lamina.graph} and {@code dev.lamina.backend} only.
 */
package dev.lamina.nn;
