package dev.lamina.check.fault;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.graph.GraphException;
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

    /**
     * A fault as users write it: {@code NODE:KIND}, e.g. {@code conv1:wrong-stride}.
     *
     * @throws GraphException if there is no colon with a name before it, or no kind of this label
     */
    public static Fault parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) {
            throw new GraphException("fault \"" + text + "\": needs NODE:KIND, e.g. conv1:wrong-stride.");
        }
        return new Fault(text.substring(0, colon), FaultKind.of(text.substring(colon + 1)));
    }

    /** This defect where a side is compiled with the pass only. */
    public Fault onlyWith(Pass pass) {
        return new Fault(node, kind, Optional.of(pass));
    }

    /** Whether it is there under these options. */
    public boolean shows(CompileOptions options) {
        return only.map(options.passes()::contains).orElse(true);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return node + ":" + kind.label();
    }
}
