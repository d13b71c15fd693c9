package dev.lamina.cpu.vector;

import dev.lamina.cpu.vector.BatchNorm.Activation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Batch normalisation allocates nothing on the Java heap. */
@Tag("allocation")
class BatchNormAllocationTest {
    private static final Team ONE = Team.single();
    private static final double EPSILON = 1e-5;
    private static final long[][] SHAPE = {{6, 35, 13, 12}};

    @AfterEach
    void free() {
        SpatialMemory.free();
    }

    @Test
    void allocatesNothing() {
        for (Images images : SpatialCases.images(SHAPE)) {
            Pointer x = new SpatialMemory(images, SpatialMemory.noise(images, 1)).pointer();
            Pointer residual = new SpatialMemory(images, SpatialMemory.noise(images, 4)).pointer();
            Pointer gamma = SpatialMemory.numbers(SpatialMemory.noise(images.c(), 2)).pointer();
            Pointer y = new SpatialMemory(images).pointer();
            Pointer mean = SpatialMemory.numbers(images.c()).pointer();
            Pointer variance = SpatialMemory.numbers(images.c()).pointer();
            HeapUse.none(BatchNorm.training(ONE, images, x, gamma, gamma, y, mean, variance, EPSILON, null, Activation.RELU),
                    "training of " + images);
            HeapUse.none(BatchNorm.inference(ONE, images, x, gamma, gamma, mean, variance, y, EPSILON, residual, Activation.RELU),
                    "inference of " + images);
        }
    }

    @Test
    void gradientAllocatesNothing() {
        for (Images images : SpatialCases.images(SHAPE)) {
            Pointer dy = new SpatialMemory(images, SpatialMemory.noise(images, 1)).pointer();
            Pointer x = new SpatialMemory(images, SpatialMemory.noise(images, 2)).pointer();
            Pointer dx = new SpatialMemory(images).pointer();
            Pointer numbers = SpatialMemory.numbers(SpatialMemory.noise(images.c(), 3)).pointer();
            Pointer sums = SpatialMemory.numbers(images.c()).pointer();
            for (Pointer y : new Pointer[] {null, x}) {
                Kernel kernel = BatchNorm.gradient(ONE, images, dy, x, numbers, numbers, numbers, dx, sums, sums, 2, y, null);
                HeapUse.none(kernel, (y == null ? "gradient of " : "rectified gradient of ") + images);
            }
        }
    }
}
