package dev.lamina.backend.fusion;

import dev.lamina.graph.Node;
import java.util.function.Predicate;

/**
 * Which nodes a backend computes together with their neighbours.
 *
 * @param products convolutions and matrix products that take a sum and a rectifier along
 * @param normalizations batch normalisations that take a sum and a rectifier along, and gradients of batch normalisations that take the
 *     rectifier's gradient along
 * @param poolGradients gradients of max pooling that take the gradient of the rectifier before the pooling along
 * @param filterGradients gradients by filters that give the gradient by the bias too
 * @param chains pointwise nodes that run in chains, also alone
 * @param longestChain how many nodes a chain may have
 */
public record FusionRules(Predicate<Node> products, Predicate<Node> normalizations, Predicate<Node> poolGradients,
        Predicate<Node> filterGradients, Predicate<Node> chains, int longestChain) {
}
