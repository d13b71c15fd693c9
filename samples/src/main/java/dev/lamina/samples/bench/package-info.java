/**
 * The benchmarks behind {@code lamina bench cpu} and {@code lamina bench gpu}: what is measured, how, in processes of their own, and the
 * same on other libraries. May import all of Lamina but the command.
 */
package dev.lamina.samples.bench;
