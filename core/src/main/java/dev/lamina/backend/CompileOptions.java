package dev.lamina.backend;

import java.util.EnumSet;
import java.util.Set;

/**
 * How a graph is compiled.
 *
 * @param precision arithmetic of matrix products and convolutions on float32 operands
 * @param deterministic whether two runs must agree bit for bit; ops that cannot are refused
 * @param keepAll whether every intermediate value stays readable after a run (for comparisons; costs memory)
 * @param passes what a compilation may do to be fast
 * @param poison what the executable's memory is filled with before each run; NONE costs nothing
 */
public record CompileOptions(Precision precision, boolean deterministic, boolean keepAll, Set<Pass> passes, Poison poison) {

    /** Arithmetic of matrix products and convolutions on float32 operands. */
    public enum Precision {
        /** Plain float32. */
        FLOAT32("float32"),
        /** Tensor cores with 10-bit mantissas where the device has them, elsewhere float32. */
        TF32("tf32"),
        /** bfloat16 operands, float32 accumulation and master weights. */
        BFLOAT16("bf16");

        private final String label;

        Precision(String label) {
            this.label = label;
        }

        /** As users and files write it: {@code float32}, {@code tf32} or {@code bf16}. */
        public String label() {
            return label;
        }

        /**
         * The precision of this label.
         *
         * @throws IllegalArgumentException if there is none; the message lists all
         */
        public static Precision of(String label) {
            for (Precision precision : values()) {
                if (precision.label.equalsIgnoreCase(label)) {
                    return precision;
                }
            }
            throw new IllegalArgumentException("precision \"" + label + "\" is unknown; known are float32, tf32, bf16.");
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** What makes a graph fast, each of which can be switched off so that a failing comparison can be bisected. */
    public enum Pass {
        /** What depends on constants only is computed at compilation. */
        CONSTANT_FOLDING,
        /** Nodes that change no bit are left out. */
        SIMPLIFICATION,
        /** Equal nodes are computed once. */
        COMMON_SUBEXPRESSIONS,
        /** Several nodes become one, which may change rounding. */
        FUSION,
        /** Results take the memory of operands that nobody reads later. */
        IN_PLACE,
        /** Values that are not alive together share memory. */
        MEMORY_REUSE,
        /**
         * Algorithms of convolutions are chosen by measuring, unless {@code cuda}'s settings forbid it; without it the library's first
         * choice is taken. Without effect on other backends.
         */
        ALGORITHM_SEARCH,
        /**
         * A run is recorded once and then replayed, unless {@code cuda}'s settings forbid it; without it every run launches its kernels one
         * by one. Without effect on other backends.
         */
        CAPTURE,
        /**
         * Kernels of libraries and fast kernels of ours; without it the plainest that a backend has: on {@code cpu} those of the reference
         * for every op, one node at a time; on {@code cuda} a direct convolution and a direct matrix product, all else as with it.
         */
        FAST_KERNELS
    }

    /**
     * What memory of values holds before a run writes it. A value that shows the pattern of two kinds in two runs was not written.
     * Filled are an executable's results and scratch, not constants, nor the state, nor what a run takes over from an earlier one because
     * it depends on the state only.
     */
    public enum Poison {
        /** Whatever the run before left: the fastest. */
        NONE(0),
        /** All bits set: NaN in every floating type. */
        ONES(0xFF),
        /** Bytes 0x5B: large numbers in every type. */
        MIXED(0x5B);

        private final byte pattern;

        Poison(int pattern) {
            this.pattern = (byte) pattern;
        }

        /** The byte that memory is filled with; 0 and without meaning for {@link #NONE}. */
        public byte pattern() {
            return pattern;
        }
    }

    /** Options that copy the set of passes. */
    public CompileOptions {
        passes = Set.copyOf(passes);
    }

    /** Options without poison. */
    public CompileOptions(Precision precision, boolean deterministic, boolean keepAll, Set<Pass> passes) {
        this(precision, deterministic, keepAll, passes, Poison.NONE);
    }

    /** Float32, not necessarily deterministic, all passes, no poison. */
    public static CompileOptions defaults() {
        return new CompileOptions(Precision.FLOAT32, false, false, EnumSet.allOf(Pass.class));
    }

    /** These options with another arithmetic of matrix products and convolutions. */
    public CompileOptions withPrecision(Precision other) {
        return new CompileOptions(other, deterministic, keepAll, passes, poison);
    }

    /** These options with every intermediate value kept. */
    public CompileOptions keepingAll() {
        return new CompileOptions(precision, deterministic, true, passes, poison);
    }

    /** These options without a pass. */
    public CompileOptions without(Pass pass) {
        Set<Pass> fewer = EnumSet.noneOf(Pass.class);
        fewer.addAll(passes);
        fewer.remove(pass);
        return new CompileOptions(precision, deterministic, keepAll, fewer, poison);
    }

    /** These options with determinism required. */
    public CompileOptions requiringDeterminism() {
        return new CompileOptions(precision, true, keepAll, passes, poison);
    }

    /** These options with memory filled before each run. */
    public CompileOptions poisoned(Poison other) {
        return new CompileOptions(precision, deterministic, keepAll, passes, other);
    }
}
