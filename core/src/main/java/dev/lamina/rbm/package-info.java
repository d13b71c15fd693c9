/** Restricted Boltzmann machines as graphs: contrastive divergence, free energy, sampling, stacks, and networks made of them. */
package dev.lamina.rbm;
