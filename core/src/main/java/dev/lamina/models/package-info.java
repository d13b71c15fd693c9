/** Ready-made models by name. May import {@code dev.lamina.tensor}, {@code dev.lamina.graph} and {@code dev.lamina.nn} only. */
package dev.lamina.models;
