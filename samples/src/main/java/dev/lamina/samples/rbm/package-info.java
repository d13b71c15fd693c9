/** The course's checks of restricted Boltzmann machines on real data. */
package dev.lamina.samples.rbm;
