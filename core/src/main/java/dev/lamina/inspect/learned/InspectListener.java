package dev.lamina.inspect.learned;

/** Is told how much of a long look is done. */
@FunctionalInterface
public interface InspectListener {
    /** Ignores it. */
    InspectListener NONE = (_, _, _) -> { };

    /**
     * A batch was run.
     *
     * @param stage what is done
     * @param done how much of it
     * @param total of how much
     */
    void onProgress(String stage, long done, long total);
}
