/**
 * Random changes to training images: {@link dev.lamina.data.augment.Augmentation} reads them from text and applies them to samples, each
 * from the stream of (seed, epoch, index). All pixels are uint8 before and after; normalising is the graph's work.
 */
package dev.lamina.data.augment;
