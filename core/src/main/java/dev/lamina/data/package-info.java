/**
 * Data sets, their download, and the loader that feeds batches to training.
 *
 * <p>{@link dev.lamina.data.Datasets} opens a set by name, or a folder of images by path, as a {@link dev.lamina.data.Split};
 * {@link dev.lamina.data.BatchLoader} reads batches ahead of the consumer in an order that the seed and the epoch fix. Images stay uint8
 * until the graph scales them.
 */
package dev.lamina.data;
