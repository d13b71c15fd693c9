package dev.lamina.inspect;

/** Colours as {@code {red, green, blue}} in 0..255. */
final class Palette {
    private static final double[] POSITIVE = {178, 24, 43};
    private static final double[] NEGATIVE = {33, 102, 172};
    private static final double[] DARK = {8, 48, 107};
    private static final double[] WHITE = {255, 255, 255};
    private static final double[][] CLASSES = {{31, 119, 180}, {255, 127, 14}, {44, 160, 44}, {214, 39, 40}, {148, 103, 189},
        {140, 86, 75}, {227, 119, 194}, {127, 127, 127}, {188, 189, 34}, {23, 190, 207}};

    private Palette() { }

    /** White at 0, blue at -1, red at 1. */
    static double[] signed(double value) {
        return mix(WHITE, value < 0 ? NEGATIVE : POSITIVE, Math.min(1, Math.abs(value)));
    }

    /** White at 0, dark blue at 1. */
    static double[] share(double value) {
        return mix(WHITE, DARK, Math.clamp(value, 0, 1));
    }

    /** The colour of a class; from the eleventh on they repeat. */
    static double[] ofClass(int number) {
        return CLASSES[number % CLASSES.length];
    }

    /** A class's colour, the paler the less sure: share 0 is nearly white, 1 the clear colour. */
    static double[] pale(int number, double share) {
        return mix(WHITE, ofClass(number), 0.15 + 0.5 * share);
    }

    /** {@code (1 - share) a + share b}. */
    static double[] mix(double[] a, double[] b, double share) {
        double[] mixed = new double[3];
        for (int i = 0; i < 3; i++) {
            mixed[i] = (1 - share) * a[i] + share * b[i];
        }
        return mixed;
    }

    /** Writes a colour into planes {@code [3, plane]}. */
    static void put(byte[] planes, int plane, int at, double[] colour) {
        for (int c = 0; c < 3; c++) {
            planes[c * plane + at] = (byte) Math.round(colour[c]);
        }
    }
}
