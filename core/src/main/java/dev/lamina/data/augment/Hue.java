package dev.lamina.data.augment;

/** The circle of hues: RGB to hue, saturation and value, and back, in float32. Stateless. */
final class Hue {
    private Hue() { }

    /** Turns the hue of pixels in three planes by a part of the circle; back in levels, {@code floor(255.999 x)}. */
    static void shift(byte[] pixels, float turn, boolean wanted) {
        int plane = pixels.length / 3;
        for (int i = 0; wanted && i < plane; i++) {
            float r = (pixels[i] & 0xff) / 255f;
            float g = (pixels[plane + i] & 0xff) / 255f;
            float b = (pixels[2 * plane + i] & 0xff) / 255f;
            float value = Math.max(r, Math.max(g, b));
            float range = value - Math.min(r, Math.min(g, b));
            float saturation = value == 0 ? 0 : range / value;
            float hue = hue(r, g, b, value, range) + turn;
            hue -= (float) Math.floor(hue);
            int sector = (int) (hue * 6);
            float f = hue * 6 - sector;
            float p = value * (1 - saturation);
            float q = value * (1 - saturation * f);
            float t = value * (1 - saturation * (1 - f));
            int where = sector % 6;
            pixels[i] = level(where == 0 || where == 5 ? value : where == 1 ? q : where == 4 ? t : p);
            pixels[plane + i] = level(where == 1 || where == 2 ? value : where == 0 ? t : where == 3 ? q : p);
            pixels[2 * plane + i] = level(where == 3 || where == 4 ? value : where == 2 ? t : where == 5 ? q : p);
        }
    }

    /** In [0, 1); 0 of grey. */
    private static float hue(float r, float g, float b, float value, float range) {
        if (range == 0) {
            return 0;
        }
        float sixth = value == r ? (g - b) / range : value == g ? 2 + (b - r) / range : 4 + (r - g) / range;
        float hue = sixth / 6;
        return hue < 0 ? hue + 1 : hue;
    }

    private static byte level(float value) {
        return (byte) (int) (Math.clamp(value, 0f, 1f) * 255.999f);
    }
}
