package dev.lamina.inspect;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The filters of a convolution: those of one channel or three, as a first layer's are, as tiles of their own colours
 * ({@link TemplatePicture}); deeper ones as a row of grey tiles, one for each input channel, mid-grey for 0 and one scale, the largest
 * magnitude of the layer, for all. Stateless and thread-safe.
 */
public final class FilterPicture {
    /** Most filters shown of a first layer. */
    public static final int MOST = 96;
    /** Most rows, one a filter, and columns, one an input channel, shown of a deeper layer. */
    public static final int MOST_TILES = 24;
    private static final int COLUMNS = 12;
    private static final int TILE = 24;

    private FilterPicture() { }

    /**
     * The picture.
     *
     * @param filters floating {@code [K, C, R, S]}; those above {@value #MOST}, or {@value #MOST_TILES}, are left out, which it says
     * @return uint8 {@code [3, height, width]}
     */
    public static Tensor of(Tensor filters) {
        Shape shape = filters.shape();
        if (shape.rank() != 4) {
            throw new IllegalArgumentException("filters: shape " + shape + ", needs [K, C, R, S].");
        }
        boolean coloured = shape.dim(1) == 1 || shape.dim(1) == 3;
        return coloured ? first(filters) : deeper(filters);
    }

    private static Tensor first(Tensor filters) {
        Shape shape = filters.shape();
        long shown = Math.min(MOST, shape.dim(0));
        Shape one = Shape.of(shape.dim(1), shape.dim(2), shape.dim(3));
        List<String> numbers = IntStream.range(0, (int) shown).mapToObj(Integer::toString).toList();
        Tensor picture = TemplatePicture.of(filters.slice(0, 0, shown).contiguous().reshape(shown, one.elements()), one, numbers, COLUMNS);
        return shown == shape.dim(0) ? picture : Figure.of("the first " + shown + " of " + shape.dim(0) + " filters", 1,
                List.of(new Figure.Panel("", picture, 1)));
    }

    private static Tensor deeper(Tensor filters) {
        Shape shape = filters.shape();
        long rows = Math.min(MOST_TILES, shape.dim(0));
        long columns = Math.min(MOST_TILES, shape.dim(1));
        double most = 0;
        for (double w : filters.toDoubles()) {
            most = Math.max(most, Math.abs(w));
        }
        List<Tensor> tiles = new ArrayList<>();
        for (int k = 0; k < rows; k++) {
            for (int c = 0; c < columns; c++) {
                tiles.add(Levels.fit(tile(filters.select(0, k).select(0, c), most), TILE));
            }
        }
        String what = String.format(Locale.ROOT, "a row a filter (%d of %d), a column an input channel (%d of %d)%n"
                + "black %.3g, grey 0, white %.3g", rows, shape.dim(0), columns, shape.dim(1), -most, most);
        return Figure.of("", 1, List.of(new Figure.Panel(what, Levels.grid(tiles, (int) columns), 1)));
    }

    private static Tensor tile(Tensor taps, double most) {
        return most == 0 ? Tensor.full(DType.UINT8, Shape.of(1, taps.shape().dim(0), taps.shape().dim(1)), 128)
                : Levels.grey(taps, -most, most);
    }
}
