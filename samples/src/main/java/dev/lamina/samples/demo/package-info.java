/** What the {@code lamina demo} commands train, measure and draw. */
package dev.lamina.samples.demo;
