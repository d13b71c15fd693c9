/** The {@code lamina} command. */
package dev.lamina.samples.cli;
