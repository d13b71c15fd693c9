package dev.lamina.cpu.vector;

/** Makes kernels that run pointwise programs. */
public final class PointwiseKernels {
    private PointwiseKernels() { }

    /**
     * A kernel that computes the program for every element of the space in one pass over memory.
     *
     * @param operands where each operand's element 0 lies; read at each run. Any alignment
     * @param results where each result's element 0 lies. A result may be an operand's memory if both have the same strides and sizes of
     *     elements; two results must not overlap
     * @throws IllegalArgumentException if the numbers of operands or results disagree
     */
    public static Kernel chain(Team team, Program program, Iteration space, Pointer[] operands, Pointer[] results) {
        return new ChainKernel(team, program, space, operands, results);
    }
}
