/**
 * The benchmark of CPU backends behind {@code lamina bench cpu}: what is measured, how, in processes of their own, and the same on other
 * libraries. May import all of Lamina but the command.
 */
package dev.lamina.samples.bench;
