package dev.lamina.samples.compare;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lamina.tensor.Tensor;
import java.util.Map;
import java.util.Set;

/**
 * What a method came to.
 *
 * @param name of the method
 * @param features text of the featuriser
 * @param head what was trained
 * @param recipe how
 * @param featureCount numbers in a vector
 * @param parameters trained numbers
 * @param accuracy share of right answers on the samples that were kept apart
 * @param loss mean cross-entropy on them
 * @param trainAccuracy share of right answers on the training samples
 * @param fitSeconds learning the featuriser
 * @param transformSeconds computing the vectors of all samples
 * @param trainSeconds training, without the tests
 * @param pictures uint8 {@code [C, H, W]} by name: what it looks for
 */
public record Result(String name, String features, String head, String recipe, @JsonProperty("feature_count") long featureCount,
        long parameters, double accuracy, double loss, @JsonProperty("train_accuracy") double trainAccuracy,
        @JsonProperty("fit_seconds") double fitSeconds, @JsonProperty("transform_seconds") double transformSeconds,
        @JsonProperty("train_seconds") double trainSeconds, @JsonIgnore Map<String, Tensor> pictures) {

    /** All time that the method took, but reading data and testing. */
    double seconds() {
        return fitSeconds + transformSeconds + trainSeconds;
    }

    /** Names of the pictures. */
    @JsonProperty("picture_names")
    public Set<String> pictureNames() {
        return pictures.keySet();
    }
}
