package dev.lamina.data;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.util.List;

/**
 * Labelled points of the plane that a line cannot part: xor, rings, spirals. Two classes, 500 points each unless told otherwise, the
 * classes in turn. Deterministic by seed. Stateless and thread-safe.
 */
public final class PlanePoints {
    /** Points of each class unless told otherwise. */
    public static final int PER_CLASS = 500;
    /** Names that {@link #create} takes. */
    public static final List<String> NAMES = List.of("xor", "rings", "spirals");

    private static final int STREAM = 2;
    private static final double CLUSTER_DEVIATION = 0.25;
    private static final double RING_NOISE = 0.1;
    private static final double SPIRAL_NOISE = 0.05;
    private static final double SPIRAL_TURNS = 1.25;

    private PlanePoints() { }

    /** Draws point i of a class. */
    private interface Draw {
        double[] point(Philox.Stream random, int label, int i);
    }

    /**
     * Four normal clusters with deviation 0.25 around {@code (±1, ±1)}; the class is 1 where the signs of the centre differ. A line gets
     * about 75 % at most: three clusters of four.
     */
    public static Vectors xor(int perClass, long seed) {
        return draw("xor", perClass, seed, (random, label, i) -> {
            double sign = i % 2 == 0 ? 1 : -1;
            return new double[] {sign + CLUSTER_DEVIATION * random.nextNormal(),
                (label == 0 ? sign : -sign) + CLUSTER_DEVIATION * random.nextNormal()};
        });
    }

    /** Two circles around the origin, class 0 with radius 1 and class 1 with radius 2, with normal noise of 0.1 in x and y. */
    public static Vectors rings(int perClass, long seed) {
        return draw("rings", perClass, seed, (random, label, _) -> {
            double angle = 2 * Math.PI * random.nextUniform();
            return new double[] {(label + 1) * Math.cos(angle) + RING_NOISE * random.nextNormal(),
                (label + 1) * Math.sin(angle) + RING_NOISE * random.nextNormal()};
        });
    }

    /** Two arms of an Archimedean spiral, 1.25 turns from radius 0.3 to 2, class 1 half a turn ahead, with normal noise of 0.05. */
    public static Vectors spirals(int perClass, long seed) {
        return draw("spirals", perClass, seed, (random, label, _) -> {
            double t = random.nextUniform();
            double radius = 0.3 + 1.7 * t;
            double angle = 2 * Math.PI * SPIRAL_TURNS * t + Math.PI * label;
            return new double[] {radius * Math.cos(angle) + SPIRAL_NOISE * random.nextNormal(),
                radius * Math.sin(angle) + SPIRAL_NOISE * random.nextNormal()};
        });
    }

    /**
     * The set of this name.
     *
     * @throws IllegalArgumentException if there is none, or {@code perClass < 1}
     */
    public static Vectors create(String name, int perClass, long seed) {
        return switch (name) {
            case "xor" -> xor(perClass, seed);
            case "rings" -> rings(perClass, seed);
            case "spirals" -> spirals(perClass, seed);
            default -> throw new IllegalArgumentException("points \"" + name + "\": unknown; known are " + String.join(", ", NAMES) + ".");
        };
    }

    private static Vectors draw(String name, int perClass, long seed, Draw draw) {
        if (perClass < 1) {
            throw new IllegalArgumentException("points \"" + name + "\": " + perClass + " points a class, needs >= 1.");
        }
        Philox.Stream random = new Philox.Stream(seed, 0, STREAM);
        double[] points = new double[4 * perClass];
        int[] labels = new int[2 * perClass];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = i % 2;
            System.arraycopy(draw.point(random, i % 2, i / 2), 0, points, 2 * i, 2);
        }
        return new Vectors(name, Tensor.of(DType.FLOAT32, points, labels.length, 2), Tensor.of(labels, labels.length), 2);
    }
}
