package dev.lamina.data;

import dev.lamina.io.Image;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Other samples for those of a data set, one for one, under its name, labels and classes. As thread-safe as that set and the reader.
 *
 * @param origin the data set
 * @param sampleType of the samples
 * @param sampleShape of the samples, {@code [C, H, W]}
 * @param reader reads them
 * @param source gives the images that they are made of; null where the samples are the images
 */
record DerivedDataset(Dataset origin, DType sampleType, Shape sampleShape, Reader reader, IntFunction<Image> source)
        implements Dataset {
    @Override
    public String name() {
        return origin.name();
    }

    @Override
    public int size() {
        return origin.size();
    }

    @Override
    public List<String> classNames() {
        return origin.classNames();
    }

    @Override
    public int label(int index) {
        return origin.label(index);
    }

    @Override
    public void read(int index, Tensor into) {
        reader.read(index, into);
    }

    @Override
    public Image source(int index) {
        return source == null ? Dataset.super.source(index) : source.apply(index);
    }
}
