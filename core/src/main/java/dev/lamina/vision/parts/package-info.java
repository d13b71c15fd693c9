/**
 * Deformable part models as layers of a graph (Girshick, Iandola, Darrell and Malik 2015): root and part filters are a convolution, a
 * part's freedom is distance-transform pooling, their geometry is a shift and a sum, and components compete by a maximum. Everything has
 * gradients.
 */
package dev.lamina.vision.parts;
