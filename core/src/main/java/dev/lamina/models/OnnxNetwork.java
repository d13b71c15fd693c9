package dev.lamina.models;

import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Softmax;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.io.onnx.ops.NotKnownException;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.io.onnx.ops.Operand;
import dev.lamina.io.onnx.ops.Weights;
import dev.lamina.nn.Context;
import dev.lamina.nn.Initializer;
import dev.lamina.nn.Layers;
import dev.lamina.nn.Model;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * An image classifier out of an ONNX file. Its floating-point initializers are the model's parameters, under their names in the file;
 * running means and variances of batch normalisation are buffers. In training, dropout drops and batch normalisation uses the batch.
 *
 * <p>The model must have one input, images {@code [N, C, H, W]} or {@code [N, H, W, C]} (told by an extent of 1 or 3 at the end and none in
 * the second place) or vectors {@code [N, D]}, and its first output must be scores {@code [N, K]}, extents of 1 behind them left aside. A
 * softmax at the end is left out, so that the scores are logits. A model that was saved for a batch of one takes any batch. Immutable and
 * thread-safe.
 */
public final class OnnxNetwork {
    /** How the names of such files end. */
    public static final String ENDING = ".onnx";
    private static final String HEAD = "head";

    private final String name;
    private final OnnxModel onnx;
    private final Shape input;
    private final int classes;
    private final boolean channelsLast;

    private OnnxNetwork(String name, OnnxModel onnx, Shape given) {
        this.name = name;
        this.onnx = onnx;
        List<OnnxValue> inputs = onnx.graph().trueInputs();
        if (inputs.size() != 1) {
            throw error("takes %d inputs %s, needs one, images.", inputs.size(), inputs);
        }
        if (onnx.graph().outputs().isEmpty()) {
            throw error("gives no output, needs scores [N, classes].");
        }
        this.channelsLast = channelsLast(inputs.getFirst());
        this.input = input(inputs.getFirst(), given);
        Value scores = scores(new Context(new GraphBuilder(), false));
        this.classes = Math.toIntExact(scores.shape().dim(1));
    }

    /** Whether a model's name is that of an ONNX file. */
    public static boolean isFile(String model) {
        return model.toLowerCase(Locale.ROOT).endsWith(ENDING);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, or is no ONNX model
     * @throws GraphException if it is no image classifier, or uses what Lamina has not
     */
    public static OnnxNetwork read(Path file) throws IOException {
        return of(stem(file), OnnxFile.read(file));
    }

    /** A classifier of a model that is read already; {@code name} is for people. */
    public static OnnxNetwork of(String name, OnnxModel onnx) {
        return new OnnxNetwork(name, onnx, null);
    }

    /** Reads a file that {@link Models} is asked for by its name, for images of a shape where the file leaves that open. */
    static OnnxNetwork named(String path, Shape given) {
        try {
            return new OnnxNetwork(stem(Path.of(path)), OnnxFile.read(Path.of(path)), given);
        } catch (IOException e) {
            throw new UncheckedIOException(e instanceof java.nio.file.NoSuchFileException ? path + ": there is no such file."
                    : e.getMessage(), e);
        }
    }

    private static String stem(Path file) {
        String text = String.valueOf(file.getFileName());
        return isFile(text) ? text.substring(0, text.length() - ENDING.length()) : text;
    }

    private GraphException error(String format, Object... args) {
        return new GraphException("model \"" + name + "\": " + format.formatted(args));
    }

    private static Optional<Long> fixed(OnnxValue value, int axis) {
        return value.dims().orElse(List.of()).get(axis) instanceof OnnxValue.Dim.Fixed(long extent) && extent > 0
                ? Optional.of(extent) : Optional.empty();
    }

    private static boolean channelsLast(OnnxValue value) {
        return value.dims().isPresent() && value.dims().get().size() == 4
                && fixed(value, 3).filter(c -> c == 1 || c == 3).isPresent() && fixed(value, 1).filter(c -> c == 1 || c == 3).isEmpty();
    }

    /** {@code [C, H, W]}. */
    private Shape input(OnnxValue value, Shape given) {
        int rank = value.dims().map(List::size).orElse(given == null ? 0 : 4);
        long[] axes = switch (rank) {
            case 4 -> channelsLast ? new long[] {3, 1, 2} : new long[] {1, 2, 3};
            case 2 -> new long[] {1};
            default -> throw error("input is %s, needs images [N, C, H, W] or vectors [N, D].", value);
        };
        if (rank == 2) {
            long size = fixed(value, 1).orElse(given == null ? 0L : given.elements());
            if (given != null && given.elements() == size) {
                return given;
            }
            return Shape.of(size, 1, 1);
        }
        long[] dims = new long[3];
        for (int a = 0; a < dims.length; a++) {
            dims[a] = value.dims().isEmpty() ? given.dim(a) : fixed(value, (int) axes[a]).orElse(given == null ? 0L : given.dim(a));
            if (dims[a] < 1) {
                throw error("input is %s, which leaves extents open. Give the images' shape, e.g. --input 3,224,224.", value);
            }
        }
        return Shape.of(dims);
    }

    /** Shape of one image, {@code [C, H, W]}. */
    public Shape input() {
        return input;
    }

    /** Number of scores. */
    public int classes() {
        return classes;
    }

    /** What the file says of itself. */
    public OnnxModel onnx() {
        return onnx;
    }

    /** What there is to know of the model before it is made. */
    public ModelInfo info() {
        String origin = onnx.producer().isEmpty() ? "ONNX file" : "ONNX file of " + onnx.producer();
        return new ModelInfo(name, origin, input, classes, input, List.of());
    }

    /** The model as it is in the file. */
    public Model model() {
        return model(input, classes);
    }

    /**
     * The model with another number of classes: its last product with a matrix is replaced by a new layer {@value #HEAD}.
     *
     * @throws GraphException if images of this shape do not fit, or the model does not end in such a product
     */
    public Model model(Shape images, int wanted) {
        if (!images.equals(input)) {
            throw error("takes images %s, the data are %s. Resize them, e.g. --image-size %dx%d.", input, images, input.dim(1),
                    input.dim(2));
        }
        if (wanted == classes) {
            return new Model(name, input, classes, (context, x) -> scores(context, x, _ -> true));
        }
        // The old head's weights are no parameters of the new model.
        Set<String> kept = variables(features(scores(new Context(new GraphBuilder(), false)), wanted));
        return new Model(name, input, wanted, (context, x) ->
                Layers.linear(HEAD, wanted).apply(context, features(scores(context, x, kept::contains), wanted)));
    }

    private static Set<String> variables(Value value) {
        Set<String> names = new HashSet<>();
        Set<Node> seen = new HashSet<>();
        Deque<Node> open = new ArrayDeque<>(List.of(value.node()));
        while (!open.isEmpty()) {
            Node node = open.pop();
            if (seen.add(node)) {
                if (node.op() instanceof Source.Variable variable) {
                    names.add(variable.variableName());
                }
                node.inputs().forEach(v -> open.push(v.node()));
            }
        }
        return names;
    }

    /** Of one image, to learn what the file holds. */
    private Value scores(Context context) {
        TensorType one = TensorType.of(DType.FLOAT32, 1, input.dim(0), input.dim(1), input.dim(2));
        return scores(context, context.graph().input("images", one), _ -> true);
    }

    private Value scores(Context context, Value images, Predicate<String> parameters) {
        try {
            return added(context, images, parameters);
        } catch (GraphException | NotKnownException e) {
            throw e.getMessage().startsWith("model ") ? e : error("%s", e.getMessage());
        }
    }

    private Value added(Context context, Value images, Predicate<String> parameters) {
        OnnxValue declared = onnx.graph().trueInputs().getFirst();
        Value x = channelsLast ? Shaping.transpose(images, 0, 2, 3, 1) : images;
        if (declared.dims().isPresent() && declared.dims().get().size() == 2) {
            x = Shaping.flatten(x);
        }
        DType dtype = declared.dtype().orElse(DType.FLOAT32);
        x = x.dtype() == dtype ? x : Pointwise.cast(x, dtype);
        Weights weights = (graph, weight, tensor, statistic) -> {
            if (!parameters.test(weight)) {
                return Source.constant(graph, tensor);
            }
            TensorType type = new TensorType(tensor.dtype(), tensor.shape());
            Initializer initial = Initializer.given(tensor);
            return statistic ? context.buffer(weight, type, initial) : context.parameter(weight, type, initial);
        };
        Map<String, Operand> outputs = OnnxImport.add(context.graph(), onnx, Map.of(declared.name(), Operand.of(x)), weights,
                context.training());
        if (!(outputs.values().iterator().next() instanceof Operand.Wired(Value first))) {
            throw error("its first output does not depend on the images.");
        }
        Value logits = beforeSoftmax(first);
        Shape shape = logits.shape();
        long n = images.shape().dim(0);
        if (shape.rank() < 2 || shape.dim(0) != n || shape.elements() != n * shape.dim(1) || !logits.dtype().isFloating()) {
            throw error("gives %s %s for %d images, needs scores [N, classes].", logits.dtype(), shape, n);
        }
        Value flat = Shaping.reshape(logits, Shape.of(n, shape.dim(1)));
        return flat.dtype() == images.dtype() ? flat : Pointwise.cast(flat, images.dtype());
    }

    private static Value beforeSoftmax(Value output) {
        Value root = output.root();
        return root.node().op() instanceof Softmax.Probabilities(int axis) && axis == 1
                && root.shape().dim(0) == output.shape().dim(0) && root.shape().dim(1) == output.shape().elements() / output.shape().dim(0)
                ? Shaping.reshape(root.node().input(0), root.shape()) : output;
    }

    /** What the last matrix is multiplied by. */
    private Value features(Value scores, int wanted) {
        Value product = scores.root();
        if (product.node().op() instanceof Softmax.LogProbabilities) {
            product = product.node().input(0).root();
        }
        if (product.node().op() instanceof Pointwise.Binary(Pointwise.BinaryFunction function)
                && function == Pointwise.BinaryFunction.ADD) {
            product = product.node().input(0).root();
        }
        if (!(product.node().op() instanceof MatMul(boolean transposed, boolean _)) || transposed
                || product.node().input(0).shape().rank() != 2) {
            throw error("has %d classes, %d are wanted, and its scores are no product with a matrix but of %s: no new head fits. Use data "
                    + "of as many classes.", classes, wanted, product.node().op().name());
        }
        return product.node().input(0);
    }

    /** By what pixels are normalised, if the file says so ({@link OnnxMetadata}); pixels as they are where it takes uint8. */
    public Optional<ChannelStatistics> statistics() {
        int channels = Math.toIntExact(input.dim(0));
        return onnx.graph().trueInputs().getFirst().dtype().filter(DType.UINT8::equals).map(_ -> ChannelStatistics.raw(channels))
                .or(() -> OnnxMetadata.statistics(onnx.metadata(), channels));
    }

    /** Names of the classes in label order, if the file says so. */
    public Optional<List<String>> classNames() {
        return OnnxMetadata.classNames(onnx.metadata(), classes);
    }
}
