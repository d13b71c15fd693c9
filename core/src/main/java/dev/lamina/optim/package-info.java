/**
 * Optimizers as graph updates, gradient clipping, schedules of the learning rate and weight averages. May import
 * {@code dev.lamina.tensor}, {@code dev.lamina.graph} and {@code dev.lamina.backend} only.
 */
package dev.lamina.optim;
