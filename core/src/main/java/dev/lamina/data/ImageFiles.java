package dev.lamina.data;

import dev.lamina.io.CorruptFileException;
import dev.lamina.io.Image;
import dev.lamina.io.ImageFile;
import dev.lamina.io.ImageHeader;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Samples that are image files, decoded when they are read. Immutable but for its cache, and thread-safe.
 *
 * <p>An image that cannot be read or decoded is an {@link UncheckedIOException} that names it.
 */
final class ImageFiles implements Dataset {
    private final String name;
    private final ImageTree tree;
    private final ImageLayout.Part part;
    private final List<String> classNames;
    private final Fit fit;
    private final ImageCache cache;

    ImageFiles(String name, ImageTree tree, ImageLayout.Part part, List<String> classNames, Fit fit, long cacheBytes) {
        this.name = name;
        this.tree = tree;
        this.part = part;
        this.classNames = List.copyOf(classNames);
        this.fit = fit;
        this.cache = new ImageCache(part.paths().size(), cacheBytes);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int size() {
        return part.paths().size();
    }

    @Override
    public Shape sampleShape() {
        return fit.sampleShape();
    }

    @Override
    public List<String> classNames() {
        return classNames;
    }

    @Override
    public void read(int index, Tensor into) {
        fit.apply(source(index)).copyTo(into);
    }

    @Override
    public Image source(int index) {
        checkIndex(index);
        Image kept = cache.get(index);
        if (kept != null) {
            return kept;
        }
        String path = part.paths().get(index);
        Image image;
        try {
            image = decode(tree, path).withChannels(fit.channels());
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        cache.put(index, image);
        return image;
    }

    static Image decode(ImageTree tree, String path) throws IOException {
        byte[] bytes = read(tree, path);
        ImageHeader header = ImageHeader.parse(path, bytes);
        if (header.channels() == 4) {
            throw new CorruptFileException(path + ": is a JPEG image of 4 components (CMYK), which is not read. Convert it to RGB.");
        }
        return ImageFile.decode(path, bytes, ImageFile.MAX_PIXELS);
    }

    static byte[] read(ImageTree tree, String path) throws IOException {
        try {
            return tree.read(path);
        } catch (DataException e) {
            throw e;
        } catch (IOException e) {
            throw new DataException(path + ": cannot be read, " + e.getClass().getSimpleName() + ". Was it moved or deleted?", e);
        }
    }

    @Override
    public int label(int index) {
        checkIndex(index);
        return part.labels()[index];
    }

    private void checkIndex(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException("data \"" + name + "\": sample " + index + ", samples are 0.." + (size() - 1) + ".");
        }
    }
}
