/**
 * The workloads of {@code lamina bench cpu} on DJL, bytedeco's PyTorch and ONNX Runtime: one main class each, run in a process of its own
 * with its own class path. Uses nothing of Lamina, so that no part of it is on a peer's class path.
 */
package dev.lamina.peers;
