package dev.lamina.features.linear;

import dev.lamina.backend.Backend;
import dev.lamina.features.Featurizer;
import dev.lamina.features.FitListener;
import dev.lamina.features.OptionText;
import dev.lamina.features.Restored;
import dev.lamina.features.Samples;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Principal components: {@code z = (x - μ) V_k}, V's columns being the eigenvectors of the covariance {@code (X-μ)ᵀ(X-μ) / (N-1)} by
 * falling eigenvalue. The entry of largest magnitude of each is positive.
 *
 * @param k components kept, in {@code [1, min(N-1, D)]}
 * @param whiten whether each component is divided by {@code sqrt(λ + 1e-5)}
 * @param solver how the components are found
 * @param seed seed of the randomised solver
 */
public record Pca(int k, boolean whiten, Solver solver, long seed) implements Featurizer {
    /** Side of the smaller matrix from which the randomised solver is taken. */
    static final int RANDOMIZED_ABOVE = 4096;

    /** How the components are found. */
    public enum Solver {
        /** COVARIANCE if {@code D <= N}, else GRAM; RANDOMIZED where the smaller of both is above 4,096. */
        AUTO,
        /** Eigenvectors of the {@code D x D} covariance. */
        COVARIANCE,
        /** From the eigenvectors of the {@code N x N} matrix of products. */
        GRAM,
        /** Halko, Martinsson and Tropp (2011): oversampling 10, two power iterations, QR between; only the first k, approximately. */
        RANDOMIZED
    }

    /** Components without whitening, solver AUTO. */
    public Pca(int k) {
        this(k, false, Solver.AUTO, 0);
    }

    /** Checks the number. */
    public Pca {
        if (k < 1) {
            throw new IllegalArgumentException("pca: k = " + k + ", needs >= 1.");
        }
    }

    /** These options with or without whitening. */
    public Pca withWhitening(boolean value) {
        return new Pca(k, value, solver, seed);
    }

    /** These options with another solver. */
    public Pca withSolver(Solver value) {
        return new Pca(k, whiten, value, seed);
    }

    /** These options with another seed of the randomised solver. */
    public Pca withSeed(long value) {
        return new Pca(k, whiten, solver, value);
    }

    /** Reads options. */
    public static Pca parse(OptionText options) {
        return new Pca(options.number("k", 64), options.flag("whiten", false), options.choice("solver", Solver.class, Solver.AUTO),
                options.large("seed", 0));
    }

    @Override
    public String kind() {
        return "pca";
    }

    @Override
    public Map<String, String> options() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("k", Integer.toString(k));
        options.put("whiten", Boolean.toString(whiten));
        options.put("solver", OptionText.name(solver));
        options.put("seed", Long.toString(seed));
        return options;
    }

    @Override
    public FittedPca fit(Backend backend, Samples samples, FitListener listener) {
        long size = samples.sampleShape().elements();
        long most = Math.min(samples.size() - 1, size);
        if (k > most) {
            throw new IllegalArgumentException("pca: k = " + k + ", at most min(N-1, D) = " + most + " components exist.");
        }
        Moments moments = Moments.of(backend, samples, listener);
        PcaSolvers solvers = new PcaSolvers(backend, samples, moments.mean(), listener);
        Matrices.Eigen found = switch (chosen(samples.size(), size)) {
            case AUTO, COVARIANCE -> solvers.covariance();
            case GRAM -> solvers.gram();
            case RANDOMIZED -> solvers.randomized(k, seed);
        };
        for (int i = 0; i < found.values().length; i++) {
            found.values()[i] = Math.max(0, found.values()[i]);
        }
        return new FittedPca(this, samples.sampleShape(), Tensor.of(DType.FLOAT32, moments.mean(), size),
                Matrices.rows(found.first(k).vectors()), Tensor.of(found.values()),
                Tensor.scalar(DType.FLOAT64, moments.totalVariance()));
    }

    private Solver chosen(long n, long size) {
        if (solver != Solver.AUTO) {
            return solver;
        }
        return Math.min(n, size) > RANDOMIZED_ABOVE ? Solver.RANDOMIZED : size <= n ? Solver.COVARIANCE : Solver.GRAM;
    }

    @Override
    public FittedPca restore(Shape sampleShape, Map<String, Tensor> tensors) {
        long size = sampleShape.elements();
        return new FittedPca(this, sampleShape, Restored.tensor(tensors, kind(), "mean", DType.FLOAT32, size),
                Restored.tensor(tensors, kind(), "components", DType.FLOAT32, k, size),
                Restored.tensor(tensors, kind(), "spectrum", DType.FLOAT64, -1),
                Restored.tensor(tensors, kind(), "totalVariance", DType.FLOAT64));
    }
}
