package dev.lamina.data;

import dev.lamina.io.Image;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Decoded images in memory, as many as come first until the limit; those stay. Thread-safe.
 */
final class ImageCache {
    /** Of the image's objects beside its pixels, rounded up. */
    private static final int OVERHEAD = 64;

    private final AtomicReferenceArray<Image> images;
    private final AtomicLong left;

    ImageCache(int size, long bytes) {
        images = new AtomicReferenceArray<>(bytes == 0 ? 0 : size);
        left = new AtomicLong(bytes);
    }

    /** The image, or null. */
    Image get(int index) {
        return images.length() == 0 ? null : images.get(index);
    }

    void put(int index, Image image) {
        long bytes = image.pixels().length + OVERHEAD;
        if (images.length() == 0 || left.get() < bytes) {
            return;
        }
        if (left.addAndGet(-bytes) < 0 || !images.compareAndSet(index, null, image)) {
            left.addAndGet(bytes);
        }
    }
}
