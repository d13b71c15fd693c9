/** Bags of visual words and their spatial pyramid: descriptors, codebooks by k-means, histograms. */
package dev.lamina.features.words;
