package dev.lamina.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.LocalResponseNormOptions;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** A network of {@link Step}s out of PyTorch's functions. */
final class BytedecoNetwork {
    private static final long[] ONES = {1, 1};
    private static final long[] ZEROS = {0, 0};

    private final List<Tensor> parameters = new ArrayList<>();
    private final boolean channelsLast;
    private final Layer layers;

    /** What a step becomes. */
    private interface Layer {
        Tensor apply(Tensor x, boolean training);
    }

    BytedecoNetwork(List<Step> steps, boolean channelsLast) {
        this.channelsLast = channelsLast;
        layers = sequence(steps);
    }

    List<Tensor> parameters() {
        return parameters;
    }

    Tensor forward(Tensor images, boolean training) {
        return layers.apply(images, training);
    }

    /** A tensor of rank 4 in this network's layout. */
    Tensor laidOut(Tensor tensor) {
        return channelsLast ? tensor.contiguous(torch.MemoryFormat.ChannelsLast) : tensor;
    }

    private Layer sequence(List<Step> steps) {
        Layer[] made = steps.stream().map(this::layer).toArray(Layer[]::new);
        return (x, training) -> {
            Tensor value = x;
            for (Layer layer : made) {
                value = layer.apply(value, training);
            }
            return value;
        };
    }

    private Layer layer(Step step) {
        return switch (step) {
            case Step.Conv conv -> conv(conv);
            case Step.BatchNorm(int channels) -> batchNorm(channels);
            case Step.Relu() -> (x, _) -> torch.relu_(x);
            case Step.MaxPool(int kernel, int stride) -> maxPool(new long[] {kernel, kernel}, new long[] {stride, stride});
            case Step.Lrn lrn -> lrn(lrn);
            case Step.Dropout(double p) -> (x, training) -> torch.dropout(x, p, training);
            case Step.GlobalAveragePool() -> (x, _) -> torch.adaptive_avg_pool2d(x, ONES);
            case Step.Flatten() -> (x, _) -> x.flatten(1, -1);
            case Step.Linear(int in, int out) -> linear(in, out);
            case Step.Residual residual -> residual(residual);
        };
    }

    private Layer conv(Step.Conv c) {
        long fan = (long) c.in() / c.groups() * c.kernel() * c.kernel();
        Tensor weight = parameter(laidOut(normal(fan, c.out(), c.in() / c.groups(), c.kernel(), c.kernel())));
        TensorOptional bias = c.bias() ? new TensorOptional(parameter(torch.zeros(c.out()))) : new TensorOptional();
        long[] stride = {c.stride(), c.stride()};
        long[] padding = {c.padding(), c.padding()};
        return (x, _) -> torch.conv2d(x, weight, bias, stride, padding, ONES, c.groups());
    }

    private Layer linear(int in, int out) {
        Tensor weight = parameter(normal(in, out, in));
        TensorOptional bias = new TensorOptional(parameter(torch.zeros(out)));
        return (x, _) -> torch.linear(x, weight, bias);
    }

    private Layer batchNorm(int channels) {
        TensorOptional weight = new TensorOptional(parameter(torch.ones(channels)));
        TensorOptional bias = new TensorOptional(parameter(torch.zeros(channels)));
        TensorOptional mean = new TensorOptional(torch.zeros(channels));
        TensorOptional variance = new TensorOptional(torch.ones(channels));
        return (x, training) -> torch.batch_norm(x, weight, bias, mean, variance, training, 0.1, 1e-5, false);
    }

    private static Layer maxPool(long[] kernel, long[] stride) {
        return (x, _) -> torch.max_pool2d(x, kernel, stride, ZEROS, ONES, false);
    }

    private static Layer lrn(Step.Lrn lrn) {
        LocalResponseNormOptions options = new LocalResponseNormOptions(lrn.size());
        options.alpha().put(lrn.alpha());
        options.beta().put(lrn.beta());
        options.k().put(lrn.k());
        return (x, _) -> torch.local_response_norm(x, options);
    }

    private Layer residual(Step.Residual residual) {
        Layer body = sequence(residual.body());
        long before = residual.extraChannels() / 2;
        long[] border = {0, 0, 0, 0, before, residual.extraChannels() - before};
        LongOptional open = new LongOptional();
        long stride = residual.stride();
        return (x, training) -> {
            Tensor shortcut = stride == 1 ? x : x.slice(2, open, open, stride).slice(3, open, open, stride);
            Tensor wide = residual.extraChannels() == 0 ? shortcut : torch.constant_pad_nd(shortcut, border);
            return body.apply(x, training).add_(wide);
        };
    }

    private Tensor parameter(Tensor value) {
        value.set_requires_grad(true);
        parameters.add(value);
        return value;
    }

    /** He's start. */
    private static Tensor normal(long fan, long... shape) {
        return torch.randn(shape).mul_(new Scalar(Math.sqrt(2.0 / fan)));
    }
}
