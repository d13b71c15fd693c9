/** Seeing what a model has learnt. May import everything of core but {@code train} and {@code models}. */
package dev.lamina.inspect;
