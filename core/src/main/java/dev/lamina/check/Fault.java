package dev.lamina.check;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import java.util.Optional;

/**
 * A defect planted at a node of one side, so that users and tests can see a check find it.
 *
 * @param node name of the node
 * @param kind what goes wrong there
 * @param only if given, the defect shows only where the side is compiled with this pass, as one of the pass would
 */
public record Fault(String node, FaultKind kind, Optional<Pass> only) {
    /** A defect that is there whatever the options. */
    public Fault(String node, FaultKind kind) {
        this(node, kind, Optional.empty());
    }

    /** Whether it is there under these options. */
    boolean shows(CompileOptions options) {
        return only.map(options.passes()::contains).orElse(true);
    }
}
