package dev.lamina.rbm;

/** What a hidden unit is, given its input x = b + v·w. */
public enum HiddenUnit {
    /** Mean σ(x), sample Bernoulli. */
    BINARY("sigmoid"),
    /** Mean max(0, x), sample {@code max(0, x + N(0, σ(x)))} with variance σ(x) (Nair and Hinton 2010). */
    NRELU("relu");

    private final String activation;

    HiddenUnit(String activation) {
        this.activation = activation;
    }

    /** Name of the activation whose value is this unit's mean, as {@link dev.lamina.nn.Layers#activation} takes it. */
    public String activation() {
        return activation;
    }
}
