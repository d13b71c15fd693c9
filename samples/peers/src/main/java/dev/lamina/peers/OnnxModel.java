package dev.lamina.peers;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An ONNX model of a network of {@link Step}s in inference form (opset 17), with random weights. Field numbers are those of
 * {@code onnx.proto}. Input {@value #INPUT}, output {@value #OUTPUT}.
 */
final class OnnxModel {
    static final String INPUT = "images";
    static final String OUTPUT = "logits";

    private static final int IR_VERSION = 8;
    private static final int OPSET = 17;
    private static final int FLOAT = 1;
    private static final int INT64 = 7;
    private static final int CHUNK = 1 << 14;

    private final Proto graph = new Proto();
    private int names;

    private OnnxModel() { }

    /** Writes the model; the same seed gives the same bytes. */
    static void write(Path file, List<Step> steps, long[] input, long classes) throws IOException {
        OnnxModel model = new OnnxModel();
        model.graph.text(2, "network").message(11, declared(INPUT, input)).message(12, declared(OUTPUT, input[0], classes));
        String last = model.sequence(steps, INPUT);
        model.node("Identity", OUTPUT, new Proto(), last);
        Proto root = new Proto().number(1, IR_VERSION).message(7, model.graph).message(8, new Proto().text(1, "").number(2, OPSET));
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            root.writeTo(out);
        }
    }

    private static Proto declared(String name, long... shape) {
        Proto dims = new Proto();
        for (long extent : shape) {
            dims.message(1, new Proto().number(1, extent));
        }
        return new Proto().text(1, name).message(2, new Proto().message(1, new Proto().number(1, FLOAT).message(2, dims)));
    }

    private String sequence(List<Step> steps, String input) {
        String value = input;
        for (Step step : steps) {
            value = add(step, value);
        }
        return value;
    }

    private String add(Step step, String x) {
        return switch (step) {
            case Step.Conv c -> conv(c, x);
            case Step.BatchNorm(int channels) -> node("BatchNormalization", new Proto().message(5, real("epsilon", 1e-5f)), x,
                    filled(1, channels), filled(0, channels), filled(0, channels), filled(1, channels));
            case Step.Relu() -> node("Relu", new Proto(), x);
            case Step.MaxPool(int kernel, int stride) -> node("MaxPool", new Proto().message(5, numbers("kernel_shape", kernel, kernel))
                    .message(5, numbers("strides", stride, stride)), x);
            case Step.Lrn lrn -> node("LRN", new Proto().message(5, number("size", lrn.size()))
                    .message(5, real("alpha", (float) lrn.alpha())).message(5, real("beta", (float) lrn.beta()))
                    .message(5, real("bias", (float) lrn.k())), x);
            case Step.Dropout(double _) -> x;
            case Step.GlobalAveragePool() -> node("GlobalAveragePool", new Proto(), x);
            case Step.Flatten() -> node("Flatten", new Proto().message(5, number("axis", 1)), x);
            case Step.Linear(int in, int out) -> node("Gemm", new Proto().message(5, number("transB", 1)), x, normal(in, out, in),
                    filled(0, out));
            case Step.Residual residual -> residual(residual, x);
        };
    }

    private String conv(Step.Conv c, String x) {
        Proto attributes = new Proto().message(5, numbers("kernel_shape", c.kernel(), c.kernel()))
                .message(5, numbers("strides", c.stride(), c.stride()))
                .message(5, numbers("pads", c.padding(), c.padding(), c.padding(), c.padding())).message(5, number("group", c.groups()));
        long in = c.in() / c.groups();
        String weight = normal(in * c.kernel() * c.kernel(), c.out(), in, c.kernel(), c.kernel());
        return c.bias() ? node("Conv", attributes, x, weight, filled(0, c.out())) : node("Conv", attributes, x, weight);
    }

    private String residual(Step.Residual residual, String x) {
        String body = sequence(residual.body(), x);
        String shortcut = x;
        if (residual.stride() > 1) {
            long end = Long.MAX_VALUE;
            shortcut = node("Slice", new Proto(), x, integers(0, 0), integers(end, end), integers(2, 3),
                    integers(residual.stride(), residual.stride()));
        }
        if (residual.extraChannels() > 0) {
            long before = residual.extraChannels() / 2;
            shortcut = node("Pad", new Proto(), shortcut, integers(0, before, 0, 0, 0, residual.extraChannels() - before, 0, 0));
        }
        return node("Add", new Proto(), body, shortcut);
    }

    // --- nodes and attributes -----------------------------------------------------------------------------------------------------------

    private String node(String op, Proto attributes, String... inputs) {
        return node(op, "v" + names++, attributes, inputs);
    }

    private String node(String op, String output, Proto attributes, String... inputs) {
        Proto node = new Proto();
        for (String input : inputs) {
            node.text(1, input);
        }
        node.text(2, output).text(3, op + "_" + output).text(4, op);
        graph.message(1, node.append(attributes));
        return output;
    }

    private static Proto number(String name, long value) {
        return new Proto().text(1, name).number(3, value).number(20, 2);
    }

    private static Proto real(String name, float value) {
        return new Proto().text(1, name).real(2, value).number(20, 1);
    }

    private static Proto numbers(String name, long... values) {
        Proto attribute = new Proto().text(1, name);
        for (long value : values) {
            attribute.number(8, value);
        }
        return attribute.number(20, 7);
    }

    // --- constants ----------------------------------------------------------------------------------------------------------------------

    private String integers(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return constant(INT64, bytes.capacity(), out -> out.write(bytes.array()), values.length);
    }

    private String filled(float value, long length) {
        return floats(() -> value, length);
    }

    /** He's start. */
    private String normal(long fan, long... shape) {
        SplittableRandom random = new SplittableRandom(names);
        double deviation = Math.sqrt(2.0 / fan);
        return floats(() -> (float) (deviation * random.nextGaussian()), shape);
    }

    private interface Draw {
        float next();
    }

    private String floats(Draw draw, long... shape) {
        long count = 1;
        for (long extent : shape) {
            count *= extent;
        }
        long elements = count;
        return constant(FLOAT, 4 * elements, out -> {
            ByteBuffer chunk = ByteBuffer.allocate(4 * CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            for (long done = 0; done < elements; done += CHUNK) {
                chunk.clear();
                for (long i = done; i < Math.min(elements, done + CHUNK); i++) {
                    chunk.putFloat(draw.next());
                }
                out.write(chunk.array(), 0, chunk.position());
            }
        }, shape);
    }

    private String constant(int type, long bytes, Proto.Content content, long... shape) {
        String name = "c" + names++;
        Proto tensor = new Proto();
        for (long extent : shape) {
            tensor.number(1, extent);
        }
        graph.message(5, tensor.number(2, type).text(8, name).bytes(9, bytes, content));
        return name;
    }
}
