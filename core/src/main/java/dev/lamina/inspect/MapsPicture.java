package dev.lamina.inspect;

import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The feature maps that a layer gives for an image, as grey tiles with number and greatest value. Stateless and thread-safe. */
public final class MapsPicture {
    private static final int SIDE = 72;
    private static final int COLUMNS = 12;

    private MapsPicture() { }

    /**
     * How maps are shown.
     *
     * @param shared one scale for all, from the least to the greatest value; else each map from its own least to its own greatest
     * @param sorted by their greatest value, the greatest first; else by number
     * @param most maps; others are left out
     */
    public record Options(boolean shared, boolean sorted, int most) {
        /** Each by its own scale, by number, at most 48. */
        public static Options defaults() {
            return new Options(false, false, 48);
        }
    }

    /**
     * The picture.
     *
     * @param title above; that maps were left out is added
     * @param maps floating {@code [K, P, Q]}
     * @return uint8 {@code [3, height, width]}
     */
    public static Tensor of(String title, Tensor maps, Options options) {
        int count = Math.toIntExact(maps.shape().dim(0));
        double[] greatest = IntStream.range(0, count).mapToDouble(k -> Arrays.stream(maps.select(0, k).toDoubles()).max().orElse(0))
                .toArray();
        double[] all = maps.toDoubles();
        double low = Arrays.stream(all).min().orElse(0);
        double high = Arrays.stream(all).max().orElse(0);
        List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
        if (options.sorted) {
            order.sort(Comparator.comparingDouble((Integer k) -> -greatest[k]).thenComparing(Comparator.naturalOrder()));
        }
        List<Figure.Panel> panels = new ArrayList<>();
        for (int k : order.subList(0, Math.min(options.most, count))) {
            Tensor map = maps.select(0, k).contiguous();
            Tensor tile = options.shared ? Levels.grey(map, low, high) : Levels.minMax(map);
            panels.add(new Figure.Panel(k + ": " + Figure.number(greatest[k]), Levels.fit(tile, SIDE), 1));
        }
        return Figure.of(title + (panels.size() < count ? " (" + panels.size() + " of " + count + " maps)" : ""), COLUMNS, panels);
    }
}
