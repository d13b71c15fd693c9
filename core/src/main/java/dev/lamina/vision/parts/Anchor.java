package dev.lamina.vision.parts;

/**
 * Where a part rests: its top left cell, in cells of the parts' plane from the root's top left cell there.
 *
 * @param y down
 * @param x to the right
 */
public record Anchor(int y, int x) {
    @Override
    public String toString() {
        return "(" + y + ", " + x + ")";
    }
}
