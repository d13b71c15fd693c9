package dev.lamina.inspect.learned;

import dev.lamina.graph.Summary.Field;

/**
 * A layer whose results are maps. Immutable.
 *
 * @param name of its node
 * @param op what it is, e.g. {@code conv2d}
 * @param maps number of maps K
 * @param height rows of a map
 * @param width columns of a map
 * @param inputHeight rows of an image
 * @param inputWidth columns of an image
 * @param rows what a unit sees along the height
 * @param columns what it sees along the width
 */
public record ImageLayer(String name, String op, int maps, int height, int width, int inputHeight, int inputWidth, Field rows,
        Field columns) {
    /** The pixels that a unit sees, its receptive field, not clipped; the whole image where it sees that. */
    public Region region(int row, int column) {
        int top = rows.all() ? 0 : (int) Math.floor(rows.first(row));
        int bottom = rows.all() ? inputHeight : (int) Math.ceil(rows.end(row));
        int left = columns.all() ? 0 : (int) Math.floor(columns.first(column));
        int right = columns.all() ? inputWidth : (int) Math.ceil(columns.end(column));
        return new Region(top, left, bottom - top, right - left);
    }

    /** The pixels that a unit sees. */
    public Region region(Unit unit) {
        return region(unit.row(), unit.column());
    }

    /** {@link #region} for pictures: along an axis on which it is larger than the image, the image. */
    public Region shown(Unit unit) {
        Region region = region(unit);
        boolean tall = region.height() > inputHeight;
        boolean wide = region.width() > inputWidth;
        return new Region(tall ? 0 : region.top(), wide ? 0 : region.left(), tall ? inputHeight : region.height(),
                wide ? inputWidth : region.width());
    }
}
