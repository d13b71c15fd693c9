package dev.lamina.io.onnx;

import dev.lamina.tensor.Tensor;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The messages of {@code onnx.proto} that hold a model's values; field numbers are its. */
final class OnnxMessages {
    private static final int EXTERNAL = 1;

    /** Where an initializer lies that is not in the model itself. */
    private final Function<String, Optional<Place>> places;

    /** A position in a file of external data. */
    record Place(String file, long start) {
    }

    OnnxMessages(Function<String, Optional<Place>> places) {
        this.places = places;
    }

    /** {@code ModelProto}. The producer's name ends at the first blank, what follows is its version. */
    Message model(OnnxModel model) {
        int blank = model.producer().indexOf(' ');
        Message message = new Message().whole(1, model.irVersion())
                .textIfAny(2, blank < 0 ? model.producer() : model.producer().substring(0, blank))
                .textIfAny(3, blank < 0 ? "" : model.producer().substring(blank + 1))
                .nested(7, graph(model.graph()));
        versions(message, 8, model.versions());
        new TreeMap<>(model.metadata()).forEach((name, text) -> message.nested(14, pair(name, text)));
        model.functions().forEach(function -> message.nested(25, function(function)));
        return message;
    }

    /** {@code OperatorSetIdProto}, {@code StringStringEntryProto}. */
    private static void versions(Message message, int number, Map<String, Long> versions) {
        new TreeMap<>(versions).forEach((domain, version) -> message.nested(number, new Message().text(1, domain).whole(2, version)));
    }

    private static Message pair(String name, String text) {
        return new Message().text(1, name).text(2, text);
    }

    private Message graph(OnnxGraph graph) {
        Message message = new Message();
        graph.nodes().forEach(node -> message.nested(1, node(node)));
        message.text(2, graph.name());
        graph.initializers().forEach((name, tensor) -> message.nested(5, tensor(name, tensor, places.apply(name))));
        graph.inputs().forEach(value -> message.nested(11, value(value)));
        graph.outputs().forEach(value -> message.nested(12, value(value)));
        return message;
    }

    private static Message node(OnnxNode node) {
        Message message = new Message();
        node.inputs().forEach(name -> message.text(1, name));
        node.outputs().forEach(name -> message.text(2, name));
        message.textIfAny(3, node.name()).text(4, node.type());
        attributes(message, 5, node.attributes(), node.title());
        return message.textIfAny(7, node.domain());
    }

    private static void attributes(Message message, int number, Map<String, OnnxAttribute> attributes, String owner) {
        attributes.forEach((name, value) -> message.nested(number, attribute(name, value, owner)));
    }

    /** {@code AttributeProto}: the value's field, and its kind in field 20. */
    private static Message attribute(String name, OnnxAttribute attribute, String owner) {
        Message message = new Message().text(1, name);
        return switch (attribute) {
            case OnnxAttribute.Number(float value) -> message.real(2, value).whole(20, 1);
            case OnnxAttribute.Integer(long value) -> message.whole(3, value).whole(20, 2);
            case OnnxAttribute.Text(String value) -> message.text(4, value).whole(20, 3);
            case OnnxAttribute.OfTensor(Tensor value) -> message.nested(5, tensor("", value, Optional.empty())).whole(20, 4);
            case OnnxAttribute.Numbers numbers -> {
                numbers.values().forEach(value -> message.real(7, value));
                yield message.whole(20, 6);
            }
            case OnnxAttribute.Integers integers -> {
                integers.values().forEach(value -> message.whole(8, value));
                yield message.whole(20, 7);
            }
            case OnnxAttribute.Texts texts -> {
                texts.values().forEach(value -> message.text(9, value));
                yield message.whole(20, 8);
            }
            case OnnxAttribute.Reference(String outer) -> message.text(21, outer);
            case OnnxAttribute.Other(String kind) -> throw new IllegalArgumentException("onnx: " + owner + ": attribute \"" + name
                    + "\" is " + kind + ", which was not kept when the model was read; it cannot be written.");
        };
    }

    /** {@code TensorProto}. */
    private static Message tensor(String name, Tensor tensor, Optional<Place> place) {
        Message message = new Message();
        for (long dim : tensor.shape().toArray()) {
            message.whole(1, dim);
        }
        message.whole(2, OnnxType.of(tensor.dtype()).code()).textIfAny(8, name);
        return place.map(p -> message.nested(13, pair("location", p.file()))
                .nested(13, pair("offset", Long.toString(p.start())))
                .nested(13, pair("length", Long.toString(tensor.byteSize())))
                .whole(14, EXTERNAL))
                .orElseGet(() -> message.raw(9, tensor.contiguous().memory()));
    }

    /** {@code ValueInfoProto} with a {@code TypeProto} of a tensor. */
    private static Message value(OnnxValue value) {
        Message tensor = new Message();
        value.dtype().ifPresent(dtype -> tensor.whole(1, OnnxType.of(dtype).code()));
        value.dims().ifPresent(dims -> {
            Message shape = new Message();
            dims.forEach(dim -> shape.nested(1, switch (dim) {
                case OnnxValue.Dim.Fixed(long extent) -> new Message().whole(1, extent);
                case OnnxValue.Dim.Free(String name) -> new Message().textIfAny(2, name);
            }));
            tensor.nested(2, shape);
        });
        return new Message().text(1, value.name()).nested(2, new Message().nested(1, tensor));
    }

    /**
     * {@code FunctionProto}. The kinds of attributes that its body takes from a call are not kept by {@link OnnxAttribute.Reference} and
     * are left out.
     */
    private static Message function(OnnxFunction function) {
        Message message = new Message().text(1, function.name());
        function.inputs().forEach(name -> message.text(4, name));
        function.outputs().forEach(name -> message.text(5, name));
        required(function).forEach(name -> message.text(6, name));
        function.nodes().forEach(node -> message.nested(7, node(node)));
        versions(message, 9, function.versions());
        message.textIfAny(10, function.domain());
        attributes(message, 11, new TreeMap<>(function.defaults()), "function \"" + function.name() + "\"");
        return message;
    }

    /** Attributes that a call must give. */
    private static Collection<String> required(OnnxFunction function) {
        TreeSet<String> names = new TreeSet<>();
        for (OnnxNode node : function.nodes()) {
            for (OnnxAttribute attribute : node.attributes().values()) {
                if (attribute instanceof OnnxAttribute.Reference(String outer) && !function.defaults().containsKey(outer)) {
                    names.add(outer);
                }
            }
        }
        return names;
    }
}
