package dev.lamina.check;

/**
 * A defect planted at a node of one side, so that users and tests can see a check find it.
 *
 * @param node name of the node
 * @param kind what goes wrong there
 */
public record Fault(String node, FaultKind kind) {
}
