package dev.lamina.io.onnx.ops;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Value;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxFunction;
import dev.lamina.io.onnx.OnnxGraph;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Adds what an ONNX model computes to a graph. Shapes are those of the values that are given for the model's inputs; extents that the model
 * leaves open take theirs, and one that the model fixes must be met, but for the first of the first input: a model that was saved for a
 * batch of one takes any number of images (a {@code Reshape} that names the batch is widened). Not thread-safe.
 */
public final class OnnxImport {
    private final OnnxModel model;
    private final Call.Scope scope;
    private final Map<String, Long> extents = new TreeMap<>();
    private final Map<FunctionKey, OnnxFunction> functions = new HashMap<>();

    private record FunctionKey(String domain, String name) {
    }

    private OnnxImport(OnnxModel model, Call.Scope scope) {
        this.model = model;
        this.scope = scope;
        model.functions().forEach(f -> functions.put(new FunctionKey(f.domain(), f.name()), f));
    }

    /**
     * Adds a model.
     *
     * @param graph where to
     * @param model what
     * @param inputs what its inputs stand for; those that shapes depend on as known numbers
     * @param weights how its initializers enter the graph
     * @param training whether dropout drops and batch normalisation uses the batch
     * @return what its outputs stand for, in the model's order
     * @throws GraphException if an input is missing or of another shape, or the model uses what Lamina has not; the message names the node
     * @throws NotKnownException if a shape depends on numbers that are computed when the model runs
     */
    public static Map<String, Operand> add(GraphBuilder graph, OnnxModel model, Map<String, Operand> inputs, Weights weights,
            boolean training) {
        List<OnnxValue> wanted = model.graph().trueInputs();
        long declared = -1;
        long batch = -1;
        if (!wanted.isEmpty() && inputs.get(wanted.getFirst().name()) instanceof Operand first && first.shape().rank() > 0
                && wanted.getFirst().dims().orElse(List.of()) instanceof List<OnnxValue.Dim> dims && !dims.isEmpty()
                && dims.getFirst() instanceof OnnxValue.Dim.Fixed(long extent)) {
            declared = extent;
            batch = first.shape().dim(0);
        }
        return new OnnxImport(model, new Call.Scope(graph, weights, training, declared, batch)).run(inputs);
    }

    private Map<String, Operand> run(Map<String, Operand> inputs) {
        OnnxGraph graph = model.graph();
        Map<String, Operand> known = new HashMap<>();
        graph.initializers().forEach((name, tensor) -> known.put(name, initializer(name, tensor)));
        List<OnnxValue> wanted = graph.trueInputs();
        for (OnnxValue input : wanted) {
            Operand given = inputs.get(input.name());
            if (given == null) {
                throw new GraphException("input \"" + input.name() + "\" is missing; the model takes " + wanted + ".");
            }
            check(input, given, input == wanted.getFirst());
            known.put(input.name(), given);
        }
        for (String name : new TreeSet<>(inputs.keySet())) {
            if (wanted.stream().noneMatch(v -> v.name().equals(name))) {
                throw new GraphException("input \"" + name + "\" is none of the model's, which takes " + wanted + ".");
            }
        }
        convert(graph.nodes(), model.versions(), known);
        Map<String, Operand> outputs = new LinkedHashMap<>();
        for (OnnxValue output : graph.outputs()) {
            if (!known.containsKey(output.name())) {
                throw new GraphException("output \"" + output.name() + "\": no node gives it.");
            }
            outputs.put(output.name(), known.get(output.name()));
        }
        return outputs;
    }

    private static Operand initializer(String name, Tensor tensor) {
        return tensor.dtype().isFloating() ? new Operand.Weight(name, tensor) : Operand.of(tensor);
    }

    private void check(OnnxValue input, Operand given, boolean first) {
        if (input.dtype().isPresent() && input.dtype().get() != given.dtype()) {
            throw new GraphException("input \"" + input.name() + "\": is " + given.dtype() + ", the model takes " + input + ".");
        }
        if (input.dims().isEmpty()) {
            return;
        }
        List<OnnxValue.Dim> dims = input.dims().get();
        Shape shape = given.shape();
        boolean fits = dims.size() == shape.rank();
        for (int a = 0; fits && a < dims.size(); a++) {
            long extent = shape.dim(a);
            fits = switch (dims.get(a)) {
                case OnnxValue.Dim.Fixed(long declared) -> declared == extent || declared <= 0 || first && a == 0;
                case OnnxValue.Dim.Free(String name) -> name.isEmpty() || extents.merge(name, extent, (old, _) -> old) == extent;
            };
        }
        if (!fits) {
            throw new GraphException("input \"" + input.name() + "\": has shape " + shape + ", the model takes " + input
                    + (extents.isEmpty() ? "." : " with " + extents + "."));
        }
    }

    private void convert(List<OnnxNode> nodes, Map<String, Long> versions, Map<String, Operand> known) {
        for (OnnxNode node : nodes) {
            List<Operand> operands = new ArrayList<>();
            for (String input : node.inputs()) {
                if (!input.isEmpty() && !known.containsKey(input)) {
                    throw new GraphException(node.title() + ": input \"" + input + "\" is given by no node before it.");
                }
                operands.add(known.get(input));
            }
            while (!operands.isEmpty() && operands.getLast() == null) {
                operands.removeLast();
            }
            List<Operand> results = results(node, versions, operands);
            for (int i = 0; i < node.outputs().size(); i++) {
                String output = node.outputs().get(i);
                if (output.isEmpty()) {
                    continue;
                }
                if (i >= results.size()) {
                    throw new GraphException(node.title() + ": output " + i + " \"" + output + "\" is one that Lamina does not compute.");
                }
                if (known.put(output, results.get(i)) != null) {
                    throw new GraphException(node.title() + ": output \"" + output + "\" exists already.");
                }
            }
        }
    }

    private List<Operand> results(OnnxNode node, Map<String, Long> versions, List<Operand> operands) {
        OnnxFunction function = functions.get(new FunctionKey(node.domain(), node.type()));
        if (function != null) {
            return inline(node, function, operands);
        }
        Operator operator = Operators.find(node.domain(), node.type()).orElseThrow(() -> new GraphException(node.title()
                + ": Lamina has no such operator" + others(operator(node)) + "; it has " + String.join(", ", Operators.names()) + "."));
        Call call = new Call(node, versions.getOrDefault(node.domain(), 1L), operands, scope);
        GraphBuilder graph = scope.graph();
        if (!node.name().isEmpty()) {
            graph.name(node.name());
        }
        List<Operand> results = Folding.naming(call, () -> operator.convert(call));
        graph.takeName();
        return results;
    }

    private String others(String operator) {
        Set<String> others = missing(model);
        others.remove(operator);
        return others.isEmpty() ? "" : ", nor " + String.join(", ", others);
    }

    /** The body of a function in place of a call. */
    private List<Operand> inline(OnnxNode node, OnnxFunction function, List<Operand> operands) {
        Map<String, Operand> inner = new HashMap<>();
        for (int i = 0; i < function.inputs().size(); i++) {
            if (i < operands.size() && operands.get(i) != null) {
                inner.put(function.inputs().get(i), operands.get(i));
            }
        }
        List<OnnxNode> body = new ArrayList<>();
        for (OnnxNode step : function.nodes()) {
            Map<String, OnnxAttribute> attributes = new LinkedHashMap<>();
            step.attributes().forEach((name, value) -> {
                OnnxAttribute meant = value instanceof OnnxAttribute.Reference(String outer)
                        ? node.attributes().getOrDefault(outer, function.defaults().get(outer)) : value;
                if (meant != null) {
                    attributes.put(name, meant);
                }
            });
            // An input that the call leaves out is one that the step leaves out.
            List<String> inputs = step.inputs().stream()
                    .map(name -> function.inputs().contains(name) && !inner.containsKey(name) ? "" : name).toList();
            body.add(new OnnxNode(node.name().isEmpty() ? "" : node.name() + "/" + step.name(), step.domain(), step.type(), inputs,
                    step.outputs(), attributes));
        }
        convert(body, function.versions().isEmpty() ? model.versions() : function.versions(), inner);
        List<Operand> results = new ArrayList<>();
        for (String output : function.outputs()) {
            if (!inner.containsKey(output)) {
                throw new GraphException(node.title() + ": function gives no \"" + output + "\".");
            }
            results.add(inner.get(output));
        }
        return results;
    }

    /** The model's operators with how often each comes, those of other sets as {@code domain:name}. */
    public static Map<String, Integer> operators(OnnxModel model) {
        Map<String, Integer> counts = new TreeMap<>();
        model.graph().nodes().forEach(node -> counts.merge(operator(node), 1, Integer::sum));
        return counts;
    }

    /** Those of the model's operators that Lamina has not and the model does not define. */
    public static Set<String> missing(OnnxModel model) {
        Set<String> missing = new TreeSet<>();
        Set<String> defined = new HashSet<>();
        model.functions().forEach(f -> defined.add(f.domain() + ":" + f.name()));
        for (OnnxNode node : model.graph().nodes()) {
            if (Operators.find(node.domain(), node.type()).isEmpty() && !defined.contains(node.domain() + ":" + node.type())) {
                missing.add(operator(node));
            }
        }
        return missing;
    }

    private static String operator(OnnxNode node) {
        return node.domain().isEmpty() ? node.type() : node.domain() + ":" + node.type();
    }

    /** A model's outputs as values of the graph, for callers that need no numbers. */
    public static Map<String, Value> values(GraphBuilder graph, Map<String, Operand> outputs, Weights weights) {
        Map<String, Value> values = new LinkedHashMap<>();
        outputs.forEach((name, operand) -> values.put(name, switch (operand) {
            case Operand.Wired(Value value) -> value;
            case Operand.Known(Tensor tensor) -> dev.lamina.graph.Source.constant(graph, tensor);
            case Operand.Weight(String weight, Tensor tensor) -> weights.add(graph, weight, tensor, false);
        }));
        return values;
    }
}
