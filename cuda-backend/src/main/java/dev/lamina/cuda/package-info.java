/** The CUDA backend: runs layer graphs on NVIDIA GPUs. */
package dev.lamina.cuda;
