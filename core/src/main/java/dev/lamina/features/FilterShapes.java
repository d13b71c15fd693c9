package dev.lamina.features;

import java.util.ArrayList;
import java.util.List;

/** The 24 filters of {@link FilterBank}. Stateless. */
public final class FilterShapes {
    /** How many there are. */
    public static final int COUNT = 24;

    private static final int ANGLES = 8;
    private static final double[] EDGE_SIGMAS = {1, 2};
    private static final double[] BLOB_SIGMAS = {1, Math.sqrt(2), 2, 2 * Math.sqrt(2)};

    private FilterShapes() { }

    /**
     * One filter.
     *
     * @param index place in the bank, from 0
     * @param name what it is, for pictures
     * @param side odd number of rows and columns
     * @param values row by row, absolute values summing to 1
     * @param signed whether the sign of its response says nothing, so that the absolute value is taken
     */
    public record Filter(int index, String name, int side, double[] values, boolean signed) {
    }

    private interface Profile {
        double at(double x, double y);
    }

    /**
     * All, in order: edges {@code (x cos t + y sin t) G_σ} with σ = 1 (7 x 7) and t = 0, π/8, ..., 7π/8, then with σ = 2 (13 x 13);
     * Laplacians {@code (r²/σ² - 2) G_σ} with their mean removed and Gaussians, both with σ = 1, √2, 2, 2√2 and side 2⌈3σ⌉ + 1.
     */
    public static List<Filter> all() {
        List<Filter> all = new ArrayList<>();
        for (double sigma : EDGE_SIGMAS) {
            for (int a = 0; a < ANGLES; a++) {
                double t = Math.PI * a / ANGLES;
                double[] values = values(sigma, (x, y) -> (x * Math.cos(t) + y * Math.sin(t)) * gauss(x, y, sigma));
                all.add(filter(all.size(), "edge %.1f° σ %.0f".formatted(180.0 * a / ANGLES, sigma), sigma, values, true));
            }
        }
        for (double sigma : BLOB_SIGMAS) {
            double[] values = values(sigma, (x, y) -> ((x * x + y * y) / (sigma * sigma) - 2) * gauss(x, y, sigma));
            double mean = java.util.Arrays.stream(values).average().orElseThrow();
            for (int i = 0; i < values.length; i++) {
                values[i] -= mean;
            }
            all.add(filter(all.size(), "Laplacian σ %.2f".formatted(sigma), sigma, values, true));
        }
        for (double sigma : BLOB_SIGMAS) {
            all.add(filter(all.size(), "Gaussian σ %.2f".formatted(sigma), sigma, values(sigma, (x, y) -> gauss(x, y, sigma)), false));
        }
        return List.copyOf(all);
    }

    private static double gauss(double x, double y, double sigma) {
        return Math.exp(-(x * x + y * y) / (2 * sigma * sigma));
    }

    private static int radius(double sigma) {
        return (int) Math.ceil(3 * sigma);
    }

    private static double[] values(double sigma, Profile profile) {
        int radius = radius(sigma);
        int side = 2 * radius + 1;
        double[] values = new double[side * side];
        for (int y = -radius; y <= radius; y++) {
            for (int x = -radius; x <= radius; x++) {
                values[(y + radius) * side + x + radius] = profile.at(x, y);
            }
        }
        return values;
    }

    private static Filter filter(int index, String name, double sigma, double[] values, boolean signed) {
        double sum = 0;
        for (double v : values) {
            sum += Math.abs(v);
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= sum;
        }
        return new Filter(index, name, 2 * radius(sigma) + 1, values, signed);
    }
}
