package dev.lamina.samples.compare;

import dev.lamina.data.Dataset;
import dev.lamina.features.FeaturePictures;
import dev.lamina.features.Fitted;
import dev.lamina.inspect.TemplatePicture;
import dev.lamina.inspect.Templates;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/** What methods look for. Stateless. */
final class Pictures {
    private static final int COLUMNS = 8;
    private static final int TEMPLATES = 5;
    private static final int MOST = 64;

    private Pictures() { }

    /**
     * Pictures of a method.
     *
     * @param first the first layer's weights
     * @param scale by which the vectors were multiplied before they met the weights
     */
    static Map<String, Tensor> of(Method method, Fitted fitted, Dataset data, Tensor first, double scale) {
        Shape image = data.sampleShape();
        Map<String, Tensor> pictures = new LinkedHashMap<>();
        if (image.dim(0) != 1 && image.dim(0) != 3) {
            return pictures;
        }
        switch (method.head()) {
            case LINEAR -> {
                if (method.features().equals("raw")) {
                    pictures.put("class templates", TemplatePicture.of(times(first, scale), image, data.classNames(), TEMPLATES));
                } else {
                    FeaturePictures.of(fitted).forEach(pictures::put);
                }
            }
            case MLP -> pictures.put("first layer", rows(first, image));
            case CNN -> {
                Shape filter = Shape.of(first.shape().dim(1), first.shape().dim(2), first.shape().dim(3));
                pictures.put("first layer", rows(first.reshape(first.shape().dim(0), filter.elements()), filter));
            }
        }
        return pictures;
    }

    private static Tensor rows(Tensor weights, Shape shape) {
        Tensor shown = weights.slice(0, 0, Math.min(MOST, weights.shape().dim(0))).contiguous();
        return Templates.grid(Templates.of(shown, shape, Templates.Scale.PER_TEMPLATE), COLUMNS);
    }

    private static Tensor times(Tensor weights, double scale) {
        double[] values = weights.toDoubles();
        for (int i = 0; i < values.length; i++) {
            values[i] *= scale;
        }
        return Tensor.of(weights.dtype(), values, weights.shape().toArray());
    }
}
