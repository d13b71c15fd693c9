package dev.lamina.samples.cli;

import dev.lamina.data.Datasets;
import dev.lamina.data.Fit;
import dev.lamina.io.Image;
import dev.lamina.io.ImageFile;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.nio.file.Path;

/** Image files as the samples of a run's model. Stateless. */
final class RunImages {
    private RunImages() { }

    /**
     * An image fitted as the run fitted its own; of a run on other data resized to the model's height and width.
     *
     * @return uint8 {@code [C, H, W]}
     * @throws IllegalArgumentException if the channels do not fit
     */
    static Tensor load(Path file, RunFolder folder) throws IOException {
        Image image = Image.of(ImageFile.read(file));
        Shape input = folder.inputShape();
        int channels = Math.toIntExact(input.dim(0));
        int h = Math.toIntExact(input.dim(1));
        int w = Math.toIntExact(input.dim(2));
        if (Datasets.isFiles(folder.config().data()) || folder.config().options().containsKey(ImageOption.SIZE)) {
            int shortSide = new ImageOption().options(ImageOption.ofRun(folder, folder.config().data())).shortSide();
            return new Fit(channels, h, w, shortSide).apply(image).tensor();
        }
        return image.withChannels(channels).resize(h, w).tensor();
    }
}
