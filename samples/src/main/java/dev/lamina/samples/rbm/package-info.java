/** The course's experiments with restricted Boltzmann machines. */
package dev.lamina.samples.rbm;
