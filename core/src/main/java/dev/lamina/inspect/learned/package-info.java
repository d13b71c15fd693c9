/**
 * What a network learned: signals from a unit or a class back to the image, saliency, occlusion, and the patches that its units answer to.
 * The pictures of these are drawn by {@code dev.lamina.inspect}.
 */
package dev.lamina.inspect.learned;
