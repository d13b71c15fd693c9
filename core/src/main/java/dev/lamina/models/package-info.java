/**
 * Ready-made models by name. May import {@code dev.lamina.tensor}, {@code dev.lamina.graph}, {@code dev.lamina.nn} and
 * {@code dev.lamina.io} only.
 */
package dev.lamina.models;
