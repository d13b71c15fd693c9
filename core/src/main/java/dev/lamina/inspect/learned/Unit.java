package dev.lamina.inspect.learned;

/**
 * A unit of a layer of maps, and its value. Immutable.
 *
 * @param map number of its map, from 0
 * @param row from 0
 * @param column from 0
 * @param value its activation
 */
public record Unit(int map, int row, int column, double value) {
}
