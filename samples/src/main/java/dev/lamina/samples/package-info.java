/** Short example programs, one per idea, each with a {@code main} method and a {@code run} that tests call. */
package dev.lamina.samples;
