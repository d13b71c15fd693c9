package dev.lamina.cpu.rbm;

import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;

/** A small binary machine by summing over all states, in double, without any graph. */
record Exact(double[][] w, double[] a, double[] b) {
    static Exact ofSpecification() {
        return new Exact(new double[][] {{1, -1}, {0.5, 2}, {-0.5, 0.25}}, new double[] {0.1, -0.2, 0.3}, new double[] {0, 0.3});
    }

    int visible() {
        return a.length;
    }

    int hidden() {
        return b.length;
    }

    RbmParameters parameters(Rbm rbm, DType dtype) {
        double[] flat = new double[visible() * hidden()];
        for (int i = 0; i < visible(); i++) {
            System.arraycopy(w[i], 0, flat, i * hidden(), hidden());
        }
        return new RbmParameters(rbm, Tensor.of(dtype, flat, visible(), hidden()), Tensor.of(dtype, a, visible()),
                Tensor.of(dtype, b, hidden()));
    }

    /** The bits of a number, the first unit first. */
    static double[] bits(int number, int count) {
        double[] bits = new double[count];
        for (int i = 0; i < count; i++) {
            bits[i] = number >> i & 1;
        }
        return bits;
    }

    double energy(double[] v, double[] h) {
        double energy = 0;
        for (int i = 0; i < v.length; i++) {
            energy -= a[i] * v[i];
            for (int j = 0; j < h.length; j++) {
                energy -= v[i] * w[i][j] * h[j];
            }
        }
        for (int j = 0; j < h.length; j++) {
            energy -= b[j] * h[j];
        }
        return energy;
    }

    /** {@code -log Σ_h e^-E(v, h)}. */
    double freeEnergy(double[] v) {
        double sum = 0;
        for (int h = 0; h < 1 << hidden(); h++) {
            sum += Math.exp(-energy(v, bits(h, hidden())));
        }
        return -Math.log(sum);
    }

    double logPartition() {
        double sum = 0;
        for (int v = 0; v < 1 << visible(); v++) {
            sum += Math.exp(-freeEnergy(bits(v, visible())));
        }
        return Math.log(sum);
    }

    double probability(double[] v) {
        return Math.exp(-freeEnergy(v) - logPartition());
    }

    double[] hiddenMeans(double[] v) {
        double[] p = new double[hidden()];
        for (int j = 0; j < p.length; j++) {
            double x = b[j];
            for (int i = 0; i < v.length; i++) {
                x += v[i] * w[i][j];
            }
            p[j] = 1 / (1 + Math.exp(-x));
        }
        return p;
    }

    double[] visibleMeans(double[] h) {
        double[] p = new double[visible()];
        for (int i = 0; i < p.length; i++) {
            double y = a[i];
            for (int j = 0; j < h.length; j++) {
                y += w[i][j] * h[j];
            }
            p[i] = 1 / (1 + Math.exp(-y));
        }
        return p;
    }

    static double probability(double[] bits, double[] means) {
        double p = 1;
        for (int i = 0; i < bits.length; i++) {
            p *= bits[i] > 0 ? means[i] : 1 - means[i];
        }
        return p;
    }

    /** Expected {@code v hᵀ} of one CD-1 reconstruction whose visible values are sampled, row by row. */
    double[] expectedNegative(double[] data) {
        double[] sum = new double[visible() * hidden()];
        for (int hidden = 0; hidden < 1 << hidden(); hidden++) {
            double[] h = bits(hidden, hidden());
            double ph = probability(h, hiddenMeans(data));
            for (int visible = 0; visible < 1 << visible(); visible++) {
                double[] v = bits(visible, visible());
                addOuter(sum, v, hiddenMeans(v), ph * probability(v, visibleMeans(h)));
            }
        }
        return sum;
    }

    /** {@code E_model[v hᵀ]}, row by row. */
    double[] modelCorrelation() {
        double[] sum = new double[visible() * hidden()];
        for (int visible = 0; visible < 1 << visible(); visible++) {
            double[] v = bits(visible, visible());
            addOuter(sum, v, hiddenMeans(v), probability(v));
        }
        return sum;
    }

    /** {@code v hᵀ} of data less another correlation. */
    double[] minusFromData(double[] data, double[] other) {
        double[] difference = new double[other.length];
        addOuter(difference, data, hiddenMeans(data), 1);
        for (int k = 0; k < other.length; k++) {
            difference[k] -= other[k];
        }
        return difference;
    }

    private static void addOuter(double[] sum, double[] v, double[] h, double weight) {
        for (int i = 0; i < v.length; i++) {
            for (int j = 0; j < h.length; j++) {
                sum[i * h.length + j] += weight * v[i] * h[j];
            }
        }
    }
}
