/** What {@code lamina inspect} writes: the pictures of a network and of its reinitialised twin, and the page that has them side by side. */
package dev.lamina.samples.inspect;
