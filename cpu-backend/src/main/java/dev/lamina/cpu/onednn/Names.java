package dev.lamina.cpu.onednn;

import dev.lamina.backend.fusion.Group;
import dev.lamina.graph.Node;
import java.util.List;

/** Names of a group's nodes, for reports and errors. */
final class Names {
    private Names() { }

    static List<String> of(Group group) {
        return group.nodes().stream().map(Node::name).toList();
    }
}
