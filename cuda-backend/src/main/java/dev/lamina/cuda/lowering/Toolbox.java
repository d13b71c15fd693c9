package dev.lamina.cuda.lowering;

import dev.lamina.cuda.api.Blas;
import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.ConvolutionCache;
import dev.lamina.cuda.api.Dnn;

/**
 * What lowerings call on one device. Lives as long as the backend.
 *
 * @param context the device
 * @param blas matrix products
 * @param dnn convolutions and their like
 * @param kernels our own
 * @param algorithms measured choices of convolution algorithms
 * @param search whether convolution algorithms are measured, instead of chosen by heuristics
 * @param workspaceBytes memory that one algorithm may take for itself
 */
public record Toolbox(Context context, Blas blas, Dnn dnn, Kernels kernels, ConvolutionCache algorithms, boolean search,
        long workspaceBytes) {
}
