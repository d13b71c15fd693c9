package dev.lamina.cpu.natives;

import java.util.Optional;

/** Whether the Java machine was started with the Vector API, which Lamina's own CPU kernels use. */
public final class VectorModule {
    static final String NAME = "jdk.incubator.vector";

    private VectorModule() { }

    /** What is missing and what to do about it, or empty if nothing is. Loads no class of the module. */
    public static Optional<String> missing() {
        return missing(ModuleLayer.boot());
    }

    static Optional<String> missing(ModuleLayer layer) {
        return layer.findModule(NAME).isPresent() ? Optional.empty()
                : Optional.of("the Java machine runs without the module " + NAME + "; start Java with --add-modules=" + NAME + ".");
    }
}
