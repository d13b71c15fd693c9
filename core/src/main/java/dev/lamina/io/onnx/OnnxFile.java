package dev.lamina.io.onnx;

import dev.lamina.io.CorruptFileException;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads ONNX files. Weights may be in the file itself or in other files of its folder (external data). What a header merely claims is
 * never allocated. Stateless and thread-safe.
 */
public final class OnnxFile {
    private static final String UNNAMED = "";
    /** Attributes by the number of {@code AttributeProto.AttributeType}. */
    private static final List<String> OTHER_KINDS = List.of("undefined", "", "", "", "", "a graph", "", "", "", "tensors", "graphs",
            "a sparse tensor", "sparse tensors", "a type", "types");

    private final OnnxTensors tensors;

    private OnnxFile(Optional<Path> folder) {
        tensors = new OnnxTensors(folder);
    }

    /**
     * Reads a model.
     *
     * @throws CorruptFileException if the file is no ONNX model or breaks its rules; the message names the file and the part
     * @throws IOException if the file cannot be read
     */
    public static OnnxModel read(Path file) throws IOException {
        ByteBuffer bytes = load(file);
        try {
            return new OnnxFile(Optional.ofNullable(file.toAbsolutePath().getParent())).model(Fields.of("model", bytes));
        } catch (OnnxFormatException e) {
            throw new CorruptFileException(file, e.getMessage(), e);
        }
    }

    /**
     * Reads a file that holds one tensor, as ONNX's test data do.
     *
     * @throws CorruptFileException if it is none or of a type that Lamina lacks
     */
    public static Tensor readTensor(Path file) throws IOException {
        ByteBuffer bytes = load(file);
        try {
            return new OnnxTensors(Optional.empty()).read(Fields.of("file", bytes));
        } catch (OnnxFormatException e) {
            throw new CorruptFileException(file, e.getMessage(), e);
        }
    }

    private static ByteBuffer load(Path file) throws IOException {
        long size = Files.size(file);
        if (size > Integer.MAX_VALUE - 8) {
            throw new CorruptFileException(file, "file has " + size + " bytes, a protobuf message at most 2 GiB. Save the model with "
                    + "external data.");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return ByteBuffer.wrap(in.readNBytes((int) size));
        }
    }

    private OnnxModel model(Fields message) throws IOException {
        if (!message.has(7)) {
            throw message.error("there is no graph in it (field 7); this is not an ONNX model.");
        }
        List<OnnxFunction> functions = new ArrayList<>();
        for (Fields function : message.messages(25, "function")) {
            functions.add(function(function));
        }
        Map<String, String> metadata = new HashMap<>();
        for (Fields entry : message.messages(14, "metadata")) {
            metadata.put(entry.text(1), entry.text(2));
        }
        String producer = (message.text(2) + " " + message.text(3)).strip();
        return new OnnxModel(message.integer(1, 0), producer, versions(message, 8), graph(message.message(7, "graph")), functions,
                metadata);
    }

    private static Map<String, Long> versions(Fields message, int number) throws OnnxFormatException {
        Map<String, Long> versions = new HashMap<>();
        for (Fields set : message.messages(number, "operator set")) {
            versions.put(domain(set.text(1)), set.integer(2, 0));
        }
        return versions;
    }

    /** ONNX's own operators have two names for their set. */
    private static String domain(String name) {
        return name.equals("ai.onnx") ? UNNAMED : name;
    }

    private OnnxGraph graph(Fields message) throws IOException {
        Map<String, Tensor> initializers = new LinkedHashMap<>();
        for (Fields tensor : message.messages(5, "initializer")) {
            if (initializers.put(OnnxTensors.name(tensor), tensors.read(tensor)) != null) {
                throw message.error("two initializers are called \"%s\".", OnnxTensors.name(tensor));
            }
        }
        if (message.count(15) > 0) {
            throw message.error("has sparse initializers, which Lamina does not read. Save the model with dense ones.");
        }
        return new OnnxGraph(message.text(2), nodes(message, 1), initializers, values(message, 11, "input"),
                values(message, 12, "output"));
    }

    private List<OnnxNode> nodes(Fields message, int number) throws IOException {
        List<OnnxNode> nodes = new ArrayList<>();
        for (Fields node : message.messages(number, "node")) {
            nodes.add(new OnnxNode(node.text(3), domain(node.text(7)), node.text(4), node.texts(1), node.texts(2), attributes(node, 5)));
        }
        return nodes;
    }

    private Map<String, OnnxAttribute> attributes(Fields message, int number) throws IOException {
        Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
        for (Fields attribute : message.messages(number, "attribute")) {
            if (attributes.put(attribute.text(1), attribute(attribute)) != null) {
                throw message.error("attribute \"%s\" comes twice.", attribute.text(1));
            }
        }
        return attributes;
    }

    private OnnxAttribute attribute(Fields message) throws IOException {
        if (message.has(21)) {
            return new OnnxAttribute.Reference(message.text(21));
        }
        int kind = (int) message.integer(20, kind(message));
        return switch (kind) {
            case 1 -> new OnnxAttribute.Number(message.number(2, 0));
            case 2 -> new OnnxAttribute.Integer(message.integer(3, 0));
            case 3 -> new OnnxAttribute.Text(message.text(4));
            case 4 -> new OnnxAttribute.OfTensor(tensors.read(message.message(5, "tensor")));
            case 6 -> {
                List<Float> numbers = new ArrayList<>();
                for (float number : message.floats(7)) {
                    numbers.add(number);
                }
                yield new OnnxAttribute.Numbers(numbers);
            }
            case 7 -> {
                List<Long> integers = new ArrayList<>();
                for (long integer : message.integers(8)) {
                    integers.add(integer);
                }
                yield new OnnxAttribute.Integers(integers);
            }
            case 8 -> new OnnxAttribute.Texts(message.texts(9));
            default -> new OnnxAttribute.Other(kind > 0 && kind < OTHER_KINDS.size() ? OTHER_KINDS.get(kind) : "of kind " + kind);
        };
    }

    /** The kind of an attribute of the first files, which did not say it, by the field that is there. */
    private static int kind(Fields message) {
        int[] fields = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
        for (int i = 0; i < fields.length; i++) {
            if (message.has(fields[i])) {
                return i + 1;
            }
        }
        return 0;
    }

    private static List<OnnxValue> values(Fields message, int number, String what) throws OnnxFormatException {
        List<OnnxValue> values = new ArrayList<>();
        for (Fields value : message.messages(number, what)) {
            Fields type = value.message(2, "type");
            if (type.has(4) || type.has(5) || type.has(8) || type.has(9)) {
                throw value.error("\"%s\" is no tensor (a sequence, map, sparse or optional value), which Lamina has not.", value.text(1));
            }
            Fields tensor = type.message(1, "tensor");
            Optional<DType> dtype = OnnxType.of(tensor.integer(1, 0)).dtype();
            values.add(new OnnxValue(value.text(1), dtype, tensor.has(2) ? Optional.of(dims(tensor.message(2, "shape")))
                    : Optional.empty()));
        }
        return values;
    }

    private static List<OnnxValue.Dim> dims(Fields shape) throws OnnxFormatException {
        List<OnnxValue.Dim> dims = new ArrayList<>();
        for (Fields dim : shape.messages(1, "dimension")) {
            dims.add(dim.has(1) ? new OnnxValue.Dim.Fixed(dim.integer(1, 0)) : new OnnxValue.Dim.Free(dim.text(2)));
        }
        return dims;
    }

    private OnnxFunction function(Fields message) throws IOException {
        Map<String, OnnxAttribute> defaults = attributes(message, 11);
        return new OnnxFunction(domain(message.text(10)), message.text(1), message.texts(4), message.texts(5), defaults,
                nodes(message, 7), versions(message, 9));
    }
}
