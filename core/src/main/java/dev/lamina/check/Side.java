package dev.lamina.check;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.check.fault.Fault;
import java.util.Optional;

/**
 * One way to compute a graph.
 *
 * @param label what reports call it; unique in a check
 * @param backend runs it; the caller closes it
 * @param options how it is compiled; {@code keepAll} and poison are the check's business
 * @param fault what is planted on this side, to show that a check finds it
 */
public record Side(String label, Backend backend, CompileOptions options, Optional<Fault> fault) {
    /** A backend with default options, labelled by its name. */
    public static Side of(Backend backend) {
        return of(backend.name(), backend, CompileOptions.defaults());
    }

    /** A backend with options. */
    public static Side of(String label, Backend backend, CompileOptions options) {
        return new Side(label, backend, options, Optional.empty());
    }

    /** This side with a fault planted. */
    public Side with(Fault planted) {
        return new Side(label, backend, options, Optional.of(planted));
    }

    /** This side compiled otherwise. */
    public Side with(CompileOptions others) {
        return new Side(label, backend, others, fault);
    }
}
