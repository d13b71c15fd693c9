package dev.lamina.vision;

import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/** The features of {@link Hog} as plain loops over pixels and cells, in float64: what the layers are compared with. */
public final class HogLoops {
    private static final int DIRECTIONS = 18;

    private final double[][][] image;
    private final int cell;
    private final int rows;
    private final int columns;
    private final double[][][] histograms;

    private HogLoops(double[][][] image, int cell) {
        this.image = image;
        this.cell = cell;
        rows = (int) Math.round((double) image[0].length / cell);
        columns = (int) Math.round((double) image[0][0].length / cell);
        histograms = new double[DIRECTIONS][rows][columns];
    }

    /** Features {@code [32, rows - 2, columns - 2]} of an image. */
    public static Tensor of(Image image, int cell) {
        double[][][] planes = new double[image.channels()][image.height()][image.width()];
        for (int i = 0; i < image.pixels().length; i++) {
            int y = i / image.width();
            planes[y / image.height()][y % image.height()][i % image.width()] = image.pixels()[i] & 0xff;
        }
        HogLoops hog = new HogLoops(planes, cell);
        for (int y = 1; y < hog.rows * cell - 1; y++) {
            for (int x = 1; x < hog.columns * cell - 1; x++) {
                hog.vote(y, x);
            }
        }
        return hog.features();
    }

    private void vote(int y, int x) {
        int py = Math.min(y, image[0].length - 2);
        int px = Math.min(x, image[0][0].length - 2);
        double bestSquare = -1;
        double dx = 0;
        double dy = 0;
        for (double[][] plane : image) {
            double gx = plane[py][px + 1] - plane[py][px - 1];
            double gy = plane[py + 1][px] - plane[py - 1][px];
            if (gx * gx + gy * gy > bestSquare) {
                bestSquare = gx * gx + gy * gy;
                dx = gx;
                dy = gy;
            }
        }
        int direction = snap(dx, dy);
        double row = (y + 0.5) / cell - 0.5;
        double column = (x + 0.5) / cell - 0.5;
        for (int r = (int) Math.floor(row); r <= Math.floor(row) + 1; r++) {
            for (int c = (int) Math.floor(column); c <= Math.floor(column) + 1; c++) {
                if (r >= 0 && r < rows && c >= 0 && c < columns) {
                    histograms[direction][r][c] += (1 - Math.abs(row - r)) * (1 - Math.abs(column - c)) * Math.sqrt(bestSquare);
                }
            }
        }
    }

    /** The nearest multiple of 20 degrees; straight up and down lie between two and go to the smaller. */
    private static int snap(double dx, double dy) {
        if (dx == 0) {
            return dy >= 0 ? dy == 0 ? 0 : 4 : 13;
        }
        double degrees = Math.toDegrees(Math.atan2(dy, dx));
        return Math.floorMod((int) Math.round(degrees / 20), DIRECTIONS);
    }

    private Tensor features() {
        Tensor out = Tensor.zeros(DType.FLOAT64, Shape.of(32, rows - 2, columns - 2));
        for (int r = 1; r < rows - 1; r++) {
            for (int c = 1; c < columns - 1; c++) {
                double[] scales = {scale(r, c), scale(r - 1, c), scale(r, c - 1), scale(r - 1, c - 1)};
                double[] texture = new double[4];
                for (int o = 0; o < DIRECTIONS; o++) {
                    double sum = 0;
                    for (int k = 0; k < 4; k++) {
                        double clipped = Math.min(0.2, histograms[o][r][c] * scales[k]);
                        sum += clipped;
                        texture[k] += clipped;
                    }
                    out.set(sum / 2, o, r - 1, c - 1);
                }
                for (int o = 0; o < DIRECTIONS / 2; o++) {
                    double sum = 0;
                    for (int k = 0; k < 4; k++) {
                        sum += Math.min(0.2, (histograms[o][r][c] + histograms[o + 9][r][c]) * scales[k]);
                    }
                    out.set(sum / 2, DIRECTIONS + o, r - 1, c - 1);
                }
                for (int k = 0; k < 4; k++) {
                    out.set(0.2357 * texture[k], 27 + k, r - 1, c - 1);
                }
            }
        }
        return out;
    }

    /** One over the root of the energy of the block of cells (r, c) to (r + 1, c + 1). */
    private double scale(int r, int c) {
        double energy = 0;
        for (int i = 0; i < 4; i++) {
            for (int o = 0; o < DIRECTIONS / 2; o++) {
                double both = histograms[o][r + i / 2][c + i % 2] + histograms[o + 9][r + i / 2][c + i % 2];
                energy += both * both;
            }
        }
        return 1 / Math.sqrt(energy + 1e-4);
    }
}
