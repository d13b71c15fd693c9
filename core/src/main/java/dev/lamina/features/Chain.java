package dev.lamina.features;

import dev.lamina.backend.Backend;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Featurisers one after the other: each learns from the vectors of the one before and is applied to them. Immutable.
 *
 * @param parts at least one
 */
public record Chain(List<Featurizer> parts) implements Featurizer {
    /** Checks that there are parts. */
    public Chain {
        parts = List.copyOf(parts);
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("chain: no featuriser, needs at least one.");
        }
    }

    /** A chain of these. */
    public static Chain of(Featurizer... parts) {
        return new Chain(List.of(parts));
    }

    @Override
    public String kind() {
        return "chain";
    }

    @Override
    public Map<String, String> options() {
        return Map.of("parts", text());
    }

    @Override
    public Fitted fit(Backend backend, Samples samples, FitListener listener) {
        List<Fitted> fitted = new ArrayList<>();
        Samples seen = begin(backend, samples, listener, fitted);
        fitted.add(parts.getLast().fit(backend, seen, listener));
        return new FittedChain(this, fitted);
    }

    @Override
    public Learned fitTransform(Backend backend, Samples samples, FitListener listener) {
        List<Fitted> fitted = new ArrayList<>();
        Samples seen = begin(backend, samples, listener, fitted);
        Learned last = parts.getLast().fitTransform(backend, seen, listener);
        fitted.add(last.fitted());
        return new Learned(new FittedChain(this, fitted), last.vectors());
    }

    /** Fits all parts but the last; the result is what the last one sees. */
    private Samples begin(Backend backend, Samples samples, FitListener listener, List<Fitted> fitted) {
        Samples seen = samples;
        for (Featurizer part : parts.subList(0, parts.size() - 1)) {
            Learned learned = part.fitTransform(backend, seen, listener);
            fitted.add(learned.fitted());
            seen = new Relabelled(Samples.of(learned.vectors()), samples);
        }
        return seen;
    }

    @Override
    public Fitted restore(Shape sampleShape, Map<String, Tensor> tensors) {
        List<Fitted> fitted = new ArrayList<>();
        Shape shape = sampleShape;
        for (int i = 0; i < parts.size(); i++) {
            String prefix = i + ".";
            Map<String, Tensor> own = new LinkedHashMap<>();
            tensors.forEach((name, tensor) -> {
                if (name.startsWith(prefix)) {
                    own.put(name.substring(prefix.length()), tensor);
                }
            });
            Fitted part = parts.get(i).restore(shape, own);
            fitted.add(part);
            shape = Shape.of(part.outputSize());
        }
        return new FittedChain(this, fitted);
    }

    /** The vectors of one set with the labels of another. */
    private record Relabelled(Samples vectors, Samples labelled) implements Samples {
        @Override
        public int size() {
            return vectors.size();
        }

        @Override
        public Shape sampleShape() {
            return vectors.sampleShape();
        }

        @Override
        public dev.lamina.tensor.DType type() {
            return vectors.type();
        }

        @Override
        public void read(int first, Tensor into) {
            vectors.read(first, into);
        }

        @Override
        public int classes() {
            return labelled.classes();
        }

        @Override
        public int label(int index) {
            return labelled.label(index);
        }
    }

    /**
     * A fitted chain.
     *
     * @param featurizer its options
     * @param parts the fitted parts in order
     */
    public record FittedChain(Chain featurizer, List<Fitted> parts) implements Fitted {
        /** Copies the list. */
        public FittedChain {
            parts = List.copyOf(parts);
        }

        @Override
        public Shape sampleShape() {
            return parts.getFirst().sampleShape();
        }

        @Override
        public long outputSize() {
            return parts.getLast().outputSize();
        }

        @Override
        public Map<String, Tensor> tensors() {
            Map<String, Tensor> all = new LinkedHashMap<>();
            for (int i = 0; i < parts.size(); i++) {
                String prefix = i + ".";
                parts.get(i).tensors().forEach((name, tensor) -> all.put(prefix + name, tensor));
            }
            return all;
        }

        @Override
        public Value apply(FeatureGraph graph, Value x) {
            Value value = x;
            for (Fitted part : parts) {
                value = part.apply(graph, value);
            }
            return value;
        }

        @Override
        public int batchSize() {
            return parts.stream().mapToInt(Fitted::batchSize).min().orElseThrow();
        }
    }
}
