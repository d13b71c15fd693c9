package dev.lamina.vision;

/**
 * An object that is there.
 *
 * @param label class, from 0
 * @param box inclusive corners where it is evaluated
 * @param difficult true if finding it counts neither for nor against a detector
 */
public record Truth(int label, Box box, boolean difficult) { }
