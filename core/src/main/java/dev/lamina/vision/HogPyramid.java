package dev.lamina.vision;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * HOG features of all levels of a pyramid in one graph. Immutable and thread-safe.
 *
 * @param pyramid made by {@link FeaturePyramid#hog}
 * @param channels colour channels of the images
 */
public record HogPyramid(FeaturePyramid pyramid, int channels) {
    /**
     * Adds an input {@code levelI}, uint8 {@code [1, channels, height, width]}, for every level I, and the layers of its features.
     *
     * @return for each level float32 {@code [1, 32, paddedRows, paddedColumns]}
     */
    public List<Value> add(GraphBuilder graph) {
        List<Value> features = new ArrayList<>();
        for (PyramidLevel level : pyramid.levels()) {
            Value image = graph.input(input(level), TensorType.of(DType.UINT8, 1, channels, level.height(), level.width()));
            features.add(new Hog(level.cell()).of(Pointwise.cast(image, DType.FLOAT32), level.padX(), level.padY()));
        }
        return List.copyOf(features);
    }

    /**
     * The scaled copies of an image, by the names of their inputs.
     *
     * @throws IllegalArgumentException if the image has another size or number of channels
     */
    public Map<String, Tensor> inputs(Image image) {
        if (image.channels() != channels) {
            throw new IllegalArgumentException("pyramid: image has " + image.channels() + " channels, the pyramid is for " + channels
                    + ". Convert it (Image.withChannels).");
        }
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (PyramidLevel level : pyramid.levels()) {
            inputs.put(input(level), level.scale(image).tensor().reshape(1, channels, level.height(), level.width()));
        }
        return inputs;
    }

    private static String input(PyramidLevel level) {
        return "level" + level.index();
    }
}
