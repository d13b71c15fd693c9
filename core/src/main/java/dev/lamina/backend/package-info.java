/**
 * What executes graphs: backends and how they are found, compiled executables, state, options and the static memory plan. May import
 * {@code dev.lamina.tensor} and {@code dev.lamina.graph} only.
 */
package dev.lamina.backend;
