package dev.lamina.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** A network of {@link Step}s out of DJL's blocks. */
final class DjlNetwork {
    private DjlNetwork() { }

    static Block of(List<Step> steps) {
        SequentialBlock block = new SequentialBlock();
        steps.forEach(step -> block.add(block(step)));
        return block;
    }

    private static Block block(Step step) {
        return switch (step) {
            case Step.Conv c -> Conv2d.builder().setKernelShape(new Shape(c.kernel(), c.kernel())).setFilters(c.out())
                    .optStride(new Shape(c.stride(), c.stride())).optPadding(new Shape(c.padding(), c.padding())).optGroups(c.groups())
                    .optBias(c.bias()).build();
            case Step.BatchNorm(int _) -> BatchNorm.builder().optEpsilon(1e-5f).optMomentum(0.1f).build();
            case Step.Relu() -> Activation.reluBlock();
            case Step.MaxPool(int kernel, int stride) -> Pool.maxPool2dBlock(new Shape(kernel, kernel), new Shape(stride, stride));
            case Step.Lrn lrn -> LambdaBlock.singleton(x -> normalized(x, lrn));
            case Step.Dropout(double p) -> Dropout.builder().optRate((float) p).build();
            case Step.GlobalAveragePool() -> Pool.globalAvgPool2dBlock();
            case Step.Flatten() -> Blocks.batchFlattenBlock();
            case Step.Linear(int _, int out) -> Linear.builder().setUnits(out).build();
            case Step.Residual residual -> new ParallelBlock(both -> new NDList(both.get(0).head().addi(both.get(1).head())),
                    List.of(of(residual.body()), shortcut(residual)));
        };
    }

    private static Block shortcut(Step.Residual residual) {
        if (residual.stride() == 1 && residual.extraChannels() == 0) {
            return Blocks.identityBlock();
        }
        long before = residual.extraChannels() / 2;
        Shape border = new Shape(0, 0, 0, 0, before, residual.extraChannels() - before);
        String every = ":, :, ::" + residual.stride() + ", ::" + residual.stride();
        return LambdaBlock.singleton(x -> x.get(every).pad(border, 0));
    }

    /** DJL has no local response normalisation: PyTorch's own composition of it, by DJL's operations. */
    private static NDArray normalized(NDArray x, Step.Lrn lrn) {
        long half = lrn.size() / 2;
        NDArray squares = x.square().expandDims(1);
        Shape window = new Shape(lrn.size(), 1, 1);
        NDArray means = Pool.avgPool3d(squares, window, new Shape(1, 1, 1), new Shape(half, 0, 0), false, true).squeeze(1);
        return x.div(means.mul(lrn.alpha()).add(lrn.k()).pow(lrn.beta()));
    }
}
