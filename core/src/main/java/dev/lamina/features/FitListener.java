package dev.lamina.features;

/** Hears how far a fit or a transformation is. Called on the caller's thread. */
@FunctionalInterface
public interface FitListener {
    /** Hears nothing. */
    FitListener NONE = (_, _, _) -> { };

    /**
     * Some work is done.
     *
     * @param stage what is being done, e.g. {@code k-means}
     * @param done units done, in {@code [0, total]}
     * @param total units in this stage; of an iteration that may end early the most there can be
     */
    void onProgress(String stage, long done, long total);
}
