package dev.lamina.features;

import dev.lamina.features.linear.FittedLda;
import dev.lamina.features.linear.FittedPca;
import dev.lamina.features.linear.VarianceChart;
import dev.lamina.features.words.FittedWords;
import dev.lamina.inspect.Templates;
import dev.lamina.io.ImageFile;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a featuriser looks for, as pictures: components and mean, filters, words. Signed values are {@code 128 + 127 v / max|v|}, mid-grey
 * is 0. Stateless.
 */
public final class FeaturePictures {
    private static final int COLUMNS = 16;
    private static final int MOST = 256;
    private static final int SIDE = 480;
    private static final int LARGEST_ZOOM = 16;

    private FeaturePictures() { }

    /**
     * Pictures by name; none where there is nothing to see.
     *
     * @return uint8 {@code [C, H, W]}, C being 1 or 3
     */
    public static Map<String, Tensor> of(Fitted fitted) {
        Map<String, Tensor> pictures = new LinkedHashMap<>();
        switch (fitted) {
            case Chain.FittedChain chain -> {
                for (int i = 0; i < chain.parts().size(); i++) {
                    String prefix = (i + 1) + "-";
                    of(chain.parts().get(i)).forEach((name, picture) -> pictures.put(prefix + name, picture));
                }
            }
            case FittedPca pca when drawable(pca.sampleShape()) -> {
                pictures.put("mean", grid(row(pca.mean()), pca.sampleShape(), false));
                pictures.put("components", grid(pca.components(), pca.sampleShape(), true));
            }
            case FittedLda lda when drawable(lda.sampleShape()) ->
                pictures.put("discriminants", grid(lda.components(), lda.sampleShape(), true));
            case FittedWords words -> pictures.put("words", words(words));
            default -> others(fitted, pictures);
        }
        return pictures;
    }

    /**
     * Writes the pictures as PNG, and of principal components the curve of explained variance.
     *
     * @return the files, in order
     */
    public static List<Path> write(Fitted fitted, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, Tensor> picture : of(fitted).entrySet()) {
            Path file = folder.resolve(picture.getKey() + ".png");
            ImageFile.writePng(file, picture.getValue());
            files.add(file);
        }
        List<Fitted> parts = fitted instanceof Chain.FittedChain chain ? chain.parts() : List.of(fitted);
        for (Fitted part : parts) {
            if (part instanceof FittedPca pca) {
                Path file = folder.resolve("explained-variance.png");
                VarianceChart.write(pca, file);
                files.add(file);
            }
        }
        return files;
    }

    private static void others(Fitted fitted, Map<String, Tensor> pictures) {
        switch (fitted.featurizer()) {
            case RawPixels raw when raw.meanRemoved() && drawable(fitted.sampleShape()) ->
                pictures.put("mean", grid(row(fitted.tensors().get("mean")), fitted.sampleShape(), false));
            case FilterBank _ -> pictures.put("filters", bank());
            case CnnFeatures cnn -> cnn.model().parameters().entries().stream()
                    .filter(e -> e.type().shape().rank() == 4 && drawable(filter(e.type().shape()))).findFirst()
                    .ifPresent(e -> {
                        Shape shape = e.type().shape();
                        Tensor rows = cnn.weights().get(e.name()).reshape(shape.dim(0), filter(shape).elements());
                        pictures.put("filters", grid(rows, filter(shape), true));
                    });
            default -> { }
        }
    }

    private static Shape filter(Shape weights) {
        return Shape.of(weights.dim(1), weights.dim(2), weights.dim(3));
    }

    private static Tensor row(Tensor vector) {
        return vector.reshape(1, vector.elements());
    }

    private static boolean drawable(Shape shape) {
        return shape.rank() == 3 && (shape.dim(0) == 1 || shape.dim(0) == 3);
    }

    /** All filters of the bank, each in the middle of the largest one's square. */
    private static Tensor bank() {
        List<FilterShapes.Filter> filters = FilterShapes.all();
        int side = filters.stream().mapToInt(FilterShapes.Filter::side).max().orElseThrow();
        Tensor tiles = Tensor.full(DType.UINT8, Shape.of(filters.size(), 1, side, side), 128);
        for (int i = 0; i < filters.size(); i++) {
            FilterShapes.Filter filter = filters.get(i);
            int edge = (side - filter.side()) / 2;
            Tensor values = Tensor.of(DType.FLOAT32, filter.values(), 1, filter.values().length);
            Tensor tile = Templates.of(values, Shape.of(1, filter.side(), filter.side()), Templates.Scale.SYMMETRIC);
            tiles.select(0, i).slice(1, edge, edge + filter.side()).slice(2, edge, edge + filter.side()).copyFrom(tile.select(0, 0));
        }
        return zoomed(Templates.grid(tiles, 8));
    }

    /** Words of raw patches as patches, whitening undone; of gradients a tile of cells by directions. */
    private static Tensor words(FittedWords words) {
        Tensor rows = words.unwhitened();
        Shape shape = words.patchShape();
        Tensor first = rows.slice(0, 0, Math.min(MOST, rows.shape().dim(0))).contiguous();
        if (drawable(shape)) {
            return zoomed(Templates.grid(Templates.of(first, shape, Templates.Scale.PER_TEMPLATE), COLUMNS));
        }
        return zoomed(Templates.grid(Templates.of(first, Shape.of(1, 1, shape.elements()), Templates.Scale.PER_TEMPLATE), 1));
    }

    private static Tensor grid(Tensor rows, Shape shape, boolean signed) {
        Tensor first = rows.slice(0, 0, Math.min(MOST, rows.shape().dim(0))).contiguous();
        Templates.Scale scale = signed ? Templates.Scale.SYMMETRIC : Templates.Scale.PER_TEMPLATE;
        return zoomed(Templates.grid(Templates.of(first, shape, scale), COLUMNS));
    }

    /** Every pixel as a square, so that small pictures are about 480 pixels wide. */
    private static Tensor zoomed(Tensor picture) {
        long h = picture.shape().dim(1);
        long w = picture.shape().dim(2);
        int zoom = Math.clamp(SIDE / Math.max(h, w), 1, LARGEST_ZOOM);
        Tensor result = Tensor.zeros(DType.UINT8, Shape.of(picture.shape().dim(0), h * zoom, w * zoom));
        for (long y = 0; y < h * zoom; y++) {
            for (long x = 0; x < w * zoom; x++) {
                for (long c = 0; c < picture.shape().dim(0); c++) {
                    result.setLong(picture.getLong(c, y / zoom, x / zoom), c, y, x);
                }
            }
        }
        return result;
    }
}
