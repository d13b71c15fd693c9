/**
 * The reference backend: every op in plain Java on double arrays, rounded once when stored. It is the meaning of the ops that the other
 * backends are compared with. {@link dev.lamina.cpu.reference.Lowering} leads from an op to its kernel.
 */
package dev.lamina.cpu.reference;
