package dev.lamina.vision.parts;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Scores feature planes by a part model. Compiles once for each pair of shapes that comes up. One thread. */
public final class PartScorer implements AutoCloseable {
    private final Backend backend;
    private final PartModel model;
    private final Map<String, Tensor> weights;
    private final Map<Shapes, Compiled> compiled = new HashMap<>();

    private record Shapes(Shape root, Shape part) {
    }

    private record Compiled(Executable executable, State state) {
    }

    /**
     * What a model says of planes.
     *
     * @param best {@code [N, 1, H, W]}, scores of roots by their top left cells
     * @param component int64 {@code [N, 1, H, W]}, whose score that is
     * @param places of each component's parts, see {@link Component.Scores}; empty for components without
     */
    public record Scored(Tensor best, Tensor component, List<Optional<Tensor>> places) {
        /** Copies the list. */
        public Scored {
            places = List.copyOf(places);
        }
    }

    /**
     * A scorer with these weights.
     *
     * @param weights by name, as {@link PartTrainer#weights} gives them
     */
    public PartScorer(Backend backend, PartModel model, Map<String, Tensor> weights) {
        this.backend = backend;
        this.model = model;
        this.weights = Map.copyOf(weights);
    }

    /** Scores planes; those of the parts are the root's where all scales are 1. */
    public Scored score(Tensor root, Tensor part) {
        boolean two = !part.shape().equals(root.shape());
        Compiled ready = compiled.computeIfAbsent(new Shapes(root.shape(), part.shape()), s -> compile(s, two));
        Executable executable = ready.executable;
        executable.run(ready.state, two ? Map.of("root", root, "part", part) : Map.of("root", root));
        List<Optional<Tensor>> places = new ArrayList<>();
        for (int i = 0; i < model.components().size(); i++) {
            places.add(model.components().get(i).anchors().isEmpty() ? Optional.empty() : Optional.of(executable.read("places" + i)));
        }
        return new Scored(executable.read("best"), executable.read("component"), places);
    }

    private Compiled compile(Shapes shapes, boolean two) {
        GraphBuilder builder = new GraphBuilder();
        Value root = builder.input("root", new TensorType(DType.FLOAT32, shapes.root));
        Value part = two ? builder.input("part", new TensorType(DType.FLOAT32, shapes.part)) : root;
        PartModel.Scores scores = model.apply(new Context(builder, false), root, part);
        builder.output("best", scores.best()).output("component", scores.component());
        for (int i = 0; i < scores.each().size(); i++) {
            String name = "places" + i;
            scores.each().get(i).places().ifPresent(places -> builder.output(name, places));
        }
        Graph graph = builder.build();
        State state = backend.createState(graph.variables());
        try {
            for (String name : state.variables().keySet()) {
                Tensor weight = weights.get(name);
                if (weight == null) {
                    throw new IllegalArgumentException("part model: weight \"" + name + "\" is missing; there are " + weights.keySet()
                            + ".");
                }
                state.set(name, weight);
            }
            return new Compiled(backend.compile(graph, CompileOptions.defaults()), state);
        } catch (RuntimeException e) {
            state.close();
            throw e;
        }
    }

    @Override
    public void close() {
        compiled.values().forEach(c -> {
            c.executable.close();
            c.state.close();
        });
        compiled.clear();
    }
}
