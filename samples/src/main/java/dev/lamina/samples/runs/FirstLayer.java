package dev.lamina.samples.runs;

import dev.lamina.inspect.TemplatePicture;
import dev.lamina.io.ImageFile;
import dev.lamina.io.Safetensors;
import dev.lamina.io.SafetensorsFile;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The filters of a model's first layer, if it is a convolution whose filters have one channel or three. Stateless. */
final class FirstLayer {
    /** Name of the picture in a run folder. */
    static final String FILE = "filters.png";

    private static final int COLUMNS = 12;
    private static final int MOST = 96;

    private FirstLayer() { }

    /** Name of the filters among the model's parameters: the first of them, if they have such a shape. */
    static Optional<String> filters(Model model) {
        return model.parameters().entries().stream().findFirst().filter(e -> isFilters(e.type().shape())).map(Parameters.Entry::name);
    }

    private static boolean isFilters(Shape shape) {
        return shape.rank() == 4 && (shape.dim(1) == 1 || shape.dim(1) == 3) && shape.dim(2) * shape.dim(3) > 1;
    }

    /** Draws the first {@value #MOST} filters out of a file of weights. */
    static void draw(Path weights, String name, Path picture) throws IOException {
        try (SafetensorsFile file = Safetensors.read(weights)) {
            Tensor filters = file.tensor(name);
            long shown = Math.min(MOST, filters.shape().dim(0));
            Shape one = Shape.of(filters.shape().dim(1), filters.shape().dim(2), filters.shape().dim(3));
            Tensor rows = filters.slice(0, 0, shown).contiguous().reshape(shown, one.elements());
            List<String> numbers = IntStream.range(0, (int) shown).mapToObj(Integer::toString).toList();
            ImageFile.writePng(picture, TemplatePicture.of(rows, one, numbers, COLUMNS));
        }
    }
}
