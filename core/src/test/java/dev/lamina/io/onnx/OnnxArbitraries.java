package dev.lamina.io.onnx;

import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Random ONNX values: whatever the records can hold, not only what makes sense. */
final class OnnxArbitraries {
    private OnnxArbitraries() { }

    private static Arbitrary<String> names() {
        return Arbitraries.strings().withChars("ab/:.µ漢 \0").ofMaxLength(5);
    }

    private static Arbitrary<Tensor> tensors() {
        return Combinators.combine(Arbitraries.of(DType.values()), Arbitraries.longs().between(0, 3).list().ofMaxSize(4),
                Arbitraries.integers()).as((dtype, dims, seed) -> tensor(dtype, Shape.of(longs(dims)), seed));
    }

    /** Any bits, but for bool, which has two values. */
    private static Tensor tensor(DType dtype, Shape shape, int seed) {
        Philox.Stream random = new Philox.Stream(seed, 0, 0);
        Tensor tensor = Tensor.zeros(dtype, shape);
        for (long i = 0; i < tensor.byteSize(); i++) {
            byte bits = (byte) random.nextInt();
            tensor.memory().set(java.lang.foreign.ValueLayout.JAVA_BYTE, i, dtype == DType.BOOL ? (byte) (bits & 1) : bits);
        }
        return tensor;
    }

    private static long[] longs(List<Long> numbers) {
        return numbers.stream().mapToLong(Long::longValue).toArray();
    }

    private static Arbitrary<OnnxAttribute> attributes() {
        return Arbitraries.oneOf(
                Arbitraries.floats().map(OnnxAttribute.Number::new),
                Arbitraries.longs().map(OnnxAttribute.Integer::new),
                names().map(OnnxAttribute.Text::new),
                tensors().map(OnnxAttribute.OfTensor::new),
                Arbitraries.floats().list().ofMaxSize(3).map(OnnxAttribute.Numbers::new),
                Arbitraries.longs().list().ofMaxSize(3).map(OnnxAttribute.Integers::new),
                names().list().ofMaxSize(3).map(OnnxAttribute.Texts::new),
                names().map(OnnxAttribute.Reference::new));
    }

    private static Arbitrary<OnnxNode> nodes() {
        Arbitrary<List<String>> values = names().list().ofMaxSize(3);
        return Combinators.combine(names(), names(), names(), values, values, Arbitraries.maps(names(), attributes()).ofMaxSize(3))
                .as(OnnxNode::new);
    }

    private static Arbitrary<OnnxValue> values() {
        Arbitrary<OnnxValue.Dim> dims = Arbitraries.oneOf(Arbitraries.longs().map(OnnxValue.Dim.Fixed::new),
                names().map(OnnxValue.Dim.Free::new));
        return Combinators.combine(names(), Arbitraries.of(DType.values()).optional(), dims.list().ofMaxSize(3).optional())
                .as(OnnxValue::new);
    }

    private static Arbitrary<OnnxGraph> graphs() {
        return Combinators.combine(names(), nodes().list().ofMaxSize(3), Arbitraries.maps(names(), tensors()).ofMaxSize(3),
                values().list().ofMaxSize(2), values().list().ofMaxSize(2)).as(OnnxGraph::new);
    }

    private static Arbitrary<OnnxFunction> functions() {
        Arbitrary<List<String>> values = names().list().ofMaxSize(2);
        return Combinators.combine(names(), names(), values, values, Arbitraries.maps(names(), attributes()).ofMaxSize(2),
                nodes().list().ofMaxSize(2), Arbitraries.maps(names(), Arbitraries.longs()).ofMaxSize(2)).as(OnnxFunction::new);
    }

    static Arbitrary<OnnxModel> models() {
        return Combinators.combine(Arbitraries.longs(), Arbitraries.of("", "lamina", "lamina 0.1.0", "some tool 2 beta"),
                Arbitraries.maps(names(), Arbitraries.longs()).ofMaxSize(3), graphs(), functions().list().ofMaxSize(2),
                Arbitraries.maps(names(), names()).ofMaxSize(3)).as(OnnxModel::new);
    }

    /** A model with every tensor as type, shape and bytes, so that equal content is equal. */
    static Object comparable(OnnxModel model) {
        return List.of(model.irVersion(), model.producer(), model.versions(), model.graph().name(), nodes(model.graph().nodes()),
                model.graph().initializers().entrySet().stream().map(e -> List.of(e.getKey(), bits(e.getValue()))).toList(),
                model.graph().inputs(), model.graph().outputs(), model.metadata(),
                model.functions().stream().map(f -> List.of(f.domain(), f.name(), f.inputs(), f.outputs(), attributes(f.defaults()),
                        nodes(f.nodes()), f.versions())).toList());
    }

    private static Object nodes(List<OnnxNode> nodes) {
        return nodes.stream().map(n -> List.of(n.name(), n.domain(), n.type(), n.inputs(), n.outputs(),
                List.copyOf(n.attributes().keySet()), attributes(n.attributes()))).toList();
    }

    private static Map<String, Object> attributes(Map<String, OnnxAttribute> attributes) {
        return attributes.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey,
                e -> e.getValue() instanceof OnnxAttribute.OfTensor(Tensor tensor) ? bits(tensor) : e.getValue()));
    }

    static Object bits(Tensor tensor) {
        byte[] bytes = tensor.contiguous().memory().toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
        return List.of(tensor.dtype(), tensor.shape(), java.util.HexFormat.of().formatHex(bytes));
    }
}
