package dev.lamina.cpu.reference;

/** Functions that {@link Math} lacks. Stateless. */
final class SpecialFunctions {
    private static final double ERX = 8.45062911510467529297e-01;
    private static final double EFX = 1.28379167095512586316e-01;
    private static final double[] PP = {1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
        -5.77027029648944159157e-03, -2.37630166566501626084e-05};
    private static final double[] QQ = {1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
        1.32494738004321644526e-04, -3.96022827877536812320e-06};
    private static final double[] PA = {-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01,
        3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02, -2.16637559486879084300e-03};
    private static final double[] QA = {1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
        1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02};
    private static final double[] RA = {-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
        -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02, -8.12874355063065934246e+01,
        -9.81432934416914548592e+00};
    private static final double[] SA = {1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
        6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02, 6.57024977031928170135e+00,
        -6.04244152148580987438e-02};
    private static final double[] RB = {-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
        -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03, -4.83519191608651397019e+02};
    private static final double[] SB = {1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
        3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02, -2.24409524465858183362e+01};

    private SpecialFunctions() { }

    /** The error function, by the rational approximations of Sun's fdlibm (s_erf.c), to 1 unit in the last place. */
    static double erf(double x) {
        double a = Math.abs(x);
        if (!(a >= 0.84375)) {
            return a < 0x1p-28 ? x + EFX * x : x + x * ratio(PP, QQ, x * x);
        }
        double y = a < 1.25 ? ERX + ratio(PA, QA, a - 1) : a >= 6 ? 1 : 1 - tail(a);
        return Math.copySign(y, x);
    }

    /** {@code 1 - erf(x)}, without cancellation for large x. */
    static double erfc(double x) {
        double a = Math.abs(x);
        if (!(a >= 0.84375)) {
            return x < 0.25 ? 1 - erf(x) : 0.5 - (x - 0.5 + x * ratio(PP, QQ, x * x));
        }
        if (a < 1.25) {
            double p = ratio(PA, QA, a - 1);
            return x >= 0 ? 1 - ERX - p : 1 + (ERX + p);
        }
        double t = a < 28 ? tail(a) : 0;
        return x >= 0 ? t : 2 - t;
    }

    /** erfc for {@code 1.25 <= x < 28}. */
    private static double tail(double x) {
        double s = 1 / (x * x);
        double r = x < 1 / 0.35 ? ratio(RA, SA, s) : ratio(RB, SB, s);
        double z = Double.longBitsToDouble(Double.doubleToRawLongBits(x) & 0xffffffff00000000L);
        return Math.exp(-z * z - 0.5625) * Math.exp((z - x) * (z + x) + r) / x;
    }

    private static double ratio(double[] p, double[] q, double x) {
        return polynomial(p, x) / polynomial(q, x);
    }

    private static double polynomial(double[] c, double x) {
        double y = c[c.length - 1];
        for (int i = c.length - 2; i >= 0; i--) {
            y = y * x + c[i];
        }
        return y;
    }

    static double sigmoid(double x) {
        if (x >= 0) {
            return 1 / (1 + Math.exp(-x));
        }
        double e = Math.exp(x);
        return e / (1 + e);
    }

    static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    static double gelu(double x) {
        return x == Double.NEGATIVE_INFINITY ? -0.0 : 0.5 * x * erfc(-x * Math.sqrt(0.5));
    }

    static double geluTanh(double x) {
        return x == Double.NEGATIVE_INFINITY ? -0.0 : 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
    }
}
