/** The CUDA C kernels, as resources that NVRTC compiles for the device at hand. */
package dev.lamina.kernels;
