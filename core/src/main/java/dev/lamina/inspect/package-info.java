/**
 * Seeing what a model has learnt: pictures, and in {@code dev.lamina.inspect.learned} what they show of a network. May import everything of
 * core but {@code train} and {@code models}.
 */
package dev.lamina.inspect;
