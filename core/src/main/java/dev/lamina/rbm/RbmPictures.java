package dev.lamina.rbm;

import dev.lamina.inspect.Templates;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;

/** Machines as images, uint8 {@code [C, height, width]} for {@link dev.lamina.io.ImageFile#writePng}. Stateless and thread-safe. */
public final class RbmPictures {
    private RbmPictures() { }

    /**
     * The weights of the first hidden units, one image each, zero in mid-grey; each unit has a scale of its own.
     *
     * @param image {@code [C, H, W]} of a sample
     * @param count how many units at most
     * @param columns images in a row
     */
    public static Tensor filters(RbmParameters machine, Shape image, int count, int columns) {
        Ranges.require(count >= 1, "pictures: count = %s, needs >= 1.", count);
        long shown = Math.min(count, machine.rbm().hidden());
        Tensor rows = machine.weight().transpose(1, 0).slice(0, 0, shown).contiguous();
        for (long k = 0; k < shown; k++) {
            Tensor row = rows.select(0, k);
            double largest = 0;
            for (double w : row.toDoubles()) {
                largest = Math.max(largest, Math.abs(w));
            }
            for (long i = 0; largest > 0 && i < row.elements(); i++) {
                row.set(row.get(i) / largest, i);
            }
        }
        return Templates.grid(Templates.of(rows, image, Templates.Scale.SYMMETRIC), columns);
    }

    /**
     * Visible values as images.
     *
     * @param values {@code [N, V]}
     * @param input how the machine's samples were standardised, or null for pixels/255
     */
    public static Tensor samples(Tensor values, Shape image, Standardization input, int columns) {
        long n = values.shape().dim(0);
        Tensor pixels = Tensor.zeros(DType.UINT8, Shape.of(n, image.dim(0), image.dim(1), image.dim(2)));
        Tensor flat = pixels.reshape(n, image.elements());
        for (long k = 0; k < n; k++) {
            for (long i = 0; i < image.elements(); i++) {
                double v = values.get(k, i);
                double level = input == null ? v : v * input.deviation().get(i) + input.mean().get(i);
                flat.set(Math.clamp(Math.round(255 * level), 0, 255), k, i);
            }
        }
        return Templates.grid(pixels, columns);
    }

    /**
     * Hidden means as one image: a row a sample, a column a unit. Units always dark are dead, always bright ones say nothing.
     *
     * @param means {@code [N, H]}; values above 1, of rectified units, are divided by the largest
     * @return uint8 {@code [1, N, H]}
     */
    public static Tensor probabilities(Tensor means) {
        double largest = 1;
        for (double value : means.toDoubles()) {
            largest = Math.max(largest, value);
        }
        long n = means.shape().dim(0);
        long h = means.shape().dim(1);
        Tensor image = Tensor.zeros(DType.UINT8, Shape.of(1, n, h));
        for (long row = 0; row < n; row++) {
            for (long column = 0; column < h; column++) {
                image.set(Math.round(255 * means.get(row, column) / largest), 0, row, column);
            }
        }
        return image;
    }
}
