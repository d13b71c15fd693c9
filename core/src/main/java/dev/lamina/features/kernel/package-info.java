/** The histogram intersection kernel: exact, as a classifier, and as an explicit feature map. */
package dev.lamina.features.kernel;
