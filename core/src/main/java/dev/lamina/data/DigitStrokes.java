package dev.lamina.data;

/**
 * How people write the ten digits: for each digit several pen paths. Coordinates lie in a box of 100 x 100, x to the right and y down.
 *
 * <p>In the text a {@code ;} lifts the pen and a {@code |} makes a corner; between those the points are joined by a smooth curve.
 * Immutable and thread-safe.
 */
final class DigitStrokes {
    private static final String[][] PATHS = {
        {   // 0: round, drawn with an overshoot, narrow
            "52,2 30,10 20,35 20,65 32,92 52,98 72,88 80,60 78,30 68,8 50,2",
            "64,8 42,4 24,28 20,60 34,94 56,97 76,76 79,40 66,12 46,8 38,14",
            "58,2 40,14 30,45 32,78 46,98 62,86 70,54 68,20 58,2",
        },
        {   // 1: bar, slanted bar, with a flag, with flag and foot
            "52,2 50,50 48,98",
            "62,2 50,50 38,98",
            "34,22 46,12 54,2 | 52,50 50,98",
            "34,20 46,11 54,2 | 52,50 52,98 ; 32,98 52,97 74,98",
        },
        {   // 2: corner at the foot, loop at the foot, z-like
            "24,24 34,6 54,2 72,14 74,34 60,58 40,80 22,97 | 48,96 80,97",
            "24,22 36,5 56,3 73,18 70,42 52,68 34,88 24,96 20,88 30,82 46,88 62,97 82,92",
            "22,12 50,3 74,12 72,34 48,64 20,97 | 50,95 82,95",
        },
        {   // 3: round, flat top, small loop in the middle
            "24,12 42,2 62,4 72,18 66,36 46,46 | 66,52 78,70 70,90 48,98 26,92 20,82",
            "22,4 48,4 74,4 | 60,22 46,42 | 66,46 78,66 70,90 46,98 22,90",
            "26,14 44,2 64,6 70,24 58,42 44,48 40,44 52,44 70,54 76,74 64,94 42,98 22,88",
        },
        {   // 4: open, closed, open and curved, closed with a short stem
            "30,4 26,30 22,54 | 50,56 80,54 ; 66,6 64,50 62,98",
            "64,2 40,32 18,66 | 50,66 84,66 ; 64,2 64,50 62,98",
            "28,4 22,34 32,54 52,54 72,44 ; 74,4 70,50 64,98",
            "60,2 36,34 20,62 | 52,62 82,60 ; 62,36 60,68 58,98",
        },
        {   // 5: one stroke with corners, roof drawn last, s-like
            "74,4 50,4 30,5 | 27,24 25,44 | 46,38 68,44 78,64 70,88 48,98 22,92",
            "32,6 28,26 26,46 | 44,40 66,46 76,66 66,90 46,98 24,90 ; 32,6 54,5 78,3",
            "76,6 54,4 38,10 32,28 36,42 54,46 70,58 72,78 58,96 36,98 20,90",
        },
        {   // 6: curved, straight, with a large loop
            "66,4 46,16 30,42 24,70 34,94 54,98 72,86 74,66 60,54 42,58 28,72",
            "54,2 38,34 26,66 30,90 50,98 70,88 70,66 52,58 34,68 28,80",
            "70,8 52,4 34,22 24,54 28,84 46,98 66,94 78,74 68,54 48,50 32,62 26,76",
        },
        {   // 7: plain, with a bar, with a serif, without a corner
            "20,6 50,5 78,6 | 62,36 50,66 42,98",
            "20,6 50,5 78,6 | 62,36 50,66 42,98 ; 34,52 54,50 74,50",
            "22,20 24,6 | 50,8 78,6 | 66,30 54,60 52,98",
            "20,10 40,4 66,4 78,12 68,36 54,62 46,98",
        },
        {   // 8: one stroke, two rings, open at the top
            "70,16 52,2 32,10 30,30 50,46 70,62 74,82 54,98 30,90 26,70 46,50 66,34 70,16",
            "50,2 34,10 32,32 50,46 66,34 68,12 50,2 ; 50,46 28,58 24,84 50,98 76,84 72,58 50,46",
            "74,10 52,4 34,14 36,34 56,50 72,68 68,92 46,98 28,84 36,64 58,46 74,24 76,12",
        },
        {   // 9: straight stem, curved stem, slanted stem
            "72,14 54,2 32,8 24,28 34,46 54,46 70,30 72,12 | 70,50 66,98",
            "74,20 58,3 36,8 26,30 38,48 58,44 72,26 74,16 | 74,48 66,82 46,98 26,90",
            "70,22 52,4 30,14 28,36 46,48 66,36 72,10 | 66,52 50,98",
        },
    };

    /** By digit, variant, stroke, smooth section: the points as x, y, x, y, ... */
    private static final double[][][][][] PARSED = parse();

    private DigitStrokes() { }

    /** Number of ways in which a digit is written. */
    static int variants(int digit) {
        return PARSED[digit].length;
    }

    /** The strokes of a variant; each is a list of smooth sections, where a section begins at the end of the one before. Do not change. */
    static double[][][] strokes(int digit, int variant) {
        return PARSED[digit][variant];
    }

    private static double[][][][][] parse() {
        double[][][][][] digits = new double[PATHS.length][][][][];
        for (int digit = 0; digit < PATHS.length; digit++) {
            digits[digit] = new double[PATHS[digit].length][][][];
            for (int variant = 0; variant < PATHS[digit].length; variant++) {
                String[] strokes = PATHS[digit][variant].split(";");
                digits[digit][variant] = new double[strokes.length][][];
                for (int stroke = 0; stroke < strokes.length; stroke++) {
                    digits[digit][variant][stroke] = parseStroke(strokes[stroke]);
                }
            }
        }
        return digits;
    }

    private static double[][] parseStroke(String text) {
        String[] sections = text.split("\\|");
        double[][] parsed = new double[sections.length][];
        for (int section = 0; section < sections.length; section++) {
            String[] numbers = sections[section].strip().split("[ ,]+");
            int shared = section == 0 ? 0 : 2;
            double[] points = new double[shared + numbers.length];
            if (shared > 0) {
                double[] before = parsed[section - 1];
                points[0] = before[before.length - 2];
                points[1] = before[before.length - 1];
            }
            for (int i = 0; i < numbers.length; i++) {
                points[shared + i] = Double.parseDouble(numbers[i]);
            }
            parsed[section] = points;
        }
        return parsed;
    }
}
