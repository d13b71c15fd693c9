package dev.lamina.inspect;

import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The patches that feature maps answer to most, in squares of tiles as in the paper of Zeiler and Fergus (2013), each with the signals of
 * the same units beside it. Stateless and thread-safe.
 */
public final class PatchPicture {
    private static final int SIDE = 64;
    private static final int WIDEST = 1280;

    private PatchPicture() { }

    /**
     * A feature map's tiles.
     *
     * @param caption of the square, lines parted by line ends
     * @param tiles uint8 {@code [1, h, w]} or {@code [3, h, w]}, from the strongest on; all of one size
     */
    public record Square(String caption, List<Tensor> tiles) {
        /** Copies the list. */
        public Square {
            tiles = List.copyOf(tiles);
        }
    }

    /**
     * The picture.
     *
     * @param maps for each map its squares: patches, and signals beside
     * @return uint8 {@code [3, height, width]}
     */
    public static Tensor of(String title, List<List<Square>> maps) {
        List<Figure.Panel> panels = new ArrayList<>();
        int side = (int) Math.ceil(Math.sqrt(maps.stream().flatMap(List::stream).mapToInt(s -> s.tiles.size()).max().orElse(1)));
        long widest = 1;
        for (List<Square> map : maps) {
            for (Square square : map) {
                Tensor grid = Levels.grid(square.tiles.stream().map(t -> Levels.coloured(Levels.fit(t, SIDE))).toList(), side);
                widest = Math.max(widest, grid.shape().dim(2));
                panels.add(new Figure.Panel(square.caption, grid, 1));
            }
        }
        int together = maps.getFirst().size();
        int columns = (int) Math.max(1, WIDEST / (widest + 8) / together) * together;
        return Figure.of(title, columns, panels);
    }
}
