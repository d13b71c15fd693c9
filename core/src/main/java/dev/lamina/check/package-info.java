/**
 * Cross-checks of backends: one graph on several of them, or on one under several options, judged node by node. Nothing here knows a
 * device; what a side runs on is a {@link dev.lamina.backend.Backend}.
 */
package dev.lamina.check;
