/**
 * Training: the loop, metrics, listeners, checkpoints and the run folder.
 *
 * <p>{@link dev.lamina.train.Trainer} drives it; {@link dev.lamina.train.RunFolder} reopens what it left behind;
 * {@link dev.lamina.train.Evaluator} measures and predicts without training.
 */
package dev.lamina.train;
