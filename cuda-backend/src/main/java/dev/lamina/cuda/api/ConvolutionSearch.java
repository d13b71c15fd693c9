package dev.lamina.cuda.api;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Chooses algorithms of convolutions, before the first run. Measured choices take seconds for a network and are remembered by a
 * {@link ConvolutionCache}.
 */
public final class ConvolutionSearch {
    /** cuDNN's algorithms that transform tiles or spectra, by pass: their rounding grows with the transform, not with the sum. */
    private static final Set<Integer> FORWARD_TRANSFORMS = Set.of(4, 5, 6, 7);
    private static final Set<Integer> DATA_TRANSFORMS = Set.of(2, 3, 4, 5);
    private static final Set<Integer> FILTER_TRANSFORMS = Set.of(2, 4, 5, 6);
    /** Without an activation cuDNN adds a bias in this algorithm only. */
    private static final int BIAS_ALGORITHM = 1;
    /** Part of the free memory that a search may take for the workspaces it tries, in percent. */
    private static final long SEARCH_SHARE = 80;

    private final Dnn dnn;
    private final ConvolutionCache cache;
    private final Options options;

    /** How algorithms are compared. */
    public enum Effort {
        /** Each is run and timed. */
        MEASURED,
        /** cuDNN's own guess, which takes no time. */
        GUESSED
    }

    /**
     * What algorithms may be chosen.
     *
     * @param effort how they are compared
     * @param workspaceLimit most bytes that one may need
     * @param deterministic whether only those are allowed that give the same bits every time
     */
    public record Options(Effort effort, long workspaceLimit, boolean deterministic) {
    }

    /** A search with its memory. */
    public ConvolutionSearch(Dnn dnn, ConvolutionCache cache, Options options) {
        this.dnn = dnn;
        this.cache = cache;
        this.options = options;
    }

    /**
     * The best algorithm, or none if cuDNN has no kernel that the options allow.
     *
     * <p>With float32 and float64 arithmetic, algorithms by Winograd's or Fourier's transform are passed over: they do not keep to the
     * rounding of plain sums.
     *
     * @throws CudaException if a call fails for another reason
     */
    public Optional<ConvolutionAlgorithm> find(ConvolutionShape shape, ConvolutionPass pass) {
        if (options.effort == Effort.GUESSED) {
            return choose(shape, pass, ConvolutionCandidates.guessed(dnn, shape, base(pass)));
        }
        ConvolutionCache.Key key = new ConvolutionCache.Key(pass, shape, options.workspaceLimit, options.deterministic);
        Optional<ConvolutionAlgorithm> known = cache.get(key);
        if (known.isPresent()) {
            return known;
        }
        List<ConvolutionAlgorithm> measured = ConvolutionCandidates.measured(dnn, shape, base(pass), searchBytes(shape));
        Optional<ConvolutionAlgorithm> found = choose(shape, pass, measured);
        found.ifPresent(algorithm -> cache.put(key, algorithm));
        return found;
    }

    private static ConvolutionPass base(ConvolutionPass pass) {
        return switch (pass) {
            case FORWARD, FORWARD_BIAS, FORWARD_BIAS_RELU, FORWARD_BIAS_SUM_RELU -> ConvolutionPass.FORWARD;
            case DATA_GRADIENT, FILTER_GRADIENT -> pass;
        };
    }

    private long searchBytes(ConvolutionShape shape) {
        long tensors = shape.input().bytes() + shape.filter().bytes() + shape.output().bytes();
        long share = Math.max(0, dnn.context().freeBytes() - tensors) / 100 * SEARCH_SHARE;
        return Math.min(options.workspaceLimit, share);
    }

    private Optional<ConvolutionAlgorithm> choose(ConvolutionShape shape, ConvolutionPass pass, List<ConvolutionAlgorithm> candidates) {
        return candidates.stream().filter(c -> allowed(shape, pass, c)).filter(c -> worksBiased(shape, pass, c)).findFirst();
    }

    private boolean allowed(ConvolutionShape shape, ConvolutionPass pass, ConvolutionAlgorithm candidate) {
        return candidate.workspaceBytes() <= options.workspaceLimit && (candidate.deterministic() || !options.deterministic)
                && !(isStrict(shape.arithmetic()) && isTransform(pass, candidate.number()));
    }

    private static boolean isStrict(Arithmetic arithmetic) {
        return switch (arithmetic) {
            case FLOAT32, FLOAT64 -> true;
            case TF32, BFLOAT16 -> false;
        };
    }

    private static boolean isTransform(ConvolutionPass pass, int number) {
        return switch (pass) {
            case FORWARD, FORWARD_BIAS, FORWARD_BIAS_RELU, FORWARD_BIAS_SUM_RELU -> FORWARD_TRANSFORMS.contains(number);
            case DATA_GRADIENT -> DATA_TRANSFORMS.contains(number);
            case FILTER_GRADIENT -> FILTER_TRANSFORMS.contains(number);
        };
    }

    private boolean worksBiased(ConvolutionShape shape, ConvolutionPass pass, ConvolutionAlgorithm candidate) {
        return switch (pass) {
            case FORWARD, DATA_GRADIENT, FILTER_GRADIENT -> true;
            case FORWARD_BIAS -> candidate.number() == BIAS_ALGORITHM && ConvolutionCandidates.worksBiased(dnn, shape, pass, candidate);
            case FORWARD_BIAS_RELU, FORWARD_BIAS_SUM_RELU -> ConvolutionCandidates.worksBiased(dnn, shape, pass, candidate);
        };
    }
}
