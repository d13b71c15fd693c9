/** Defects that are planted in graphs, on any backend, to see that checks find them. */
package dev.lamina.check.fault;
