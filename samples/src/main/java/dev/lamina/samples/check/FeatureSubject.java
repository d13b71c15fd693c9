package dev.lamina.samples.check;

import dev.lamina.check.Subject;
import dev.lamina.data.Dataset;
import dev.lamina.features.Fitted;
import dev.lamina.features.TransformGraph;
import java.util.Map;

/**
 * What {@code lamina check} checks of a featuriser: how it transforms samples.
 *
 * @param fitted the featuriser
 * @param data where samples come from; of the shape that it was fitted on
 * @param batch samples in a step
 */
public record FeatureSubject(Fitted fitted, Dataset data, int batch) {
    /** The transformation. */
    public Subject transform() {
        TransformGraph transform = TransformGraph.of(fitted, data.sampleType(), batch);
        Batches batches = new Batches(data, batch);
        return new Subject(fitted.featurizer().kind() + ", transform", transform.graph(), transform.weights(),
                step -> Map.of(TransformGraph.SAMPLES, batches.samples(step)));
    }
}
