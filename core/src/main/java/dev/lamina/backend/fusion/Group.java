package dev.lamina.backend.fusion;

import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Nodes that are computed together. Immutable and thread-safe. */
public sealed interface Group {
    /** The nodes, in an order in which they could run. */
    List<Node> nodes();

    /** One node by itself. */
    record Single(Node node) implements Group {
        @Override
        public List<Node> nodes() {
            return List.of(node);
        }
    }

    /** Pointwise nodes of one shape, in one pass over memory. */
    record Chain(List<Node> nodes) implements Group {
    }

    /** A convolution or matrix product, with a sum and a rectifier applied while its results are in registers. */
    record Activated(Node product, Optional<Node> sum, Optional<Node> relu) implements Group {
        @Override
        public List<Node> nodes() {
            return Stream.of(Optional.of(product), sum, relu).flatMap(Optional::stream).toList();
        }

        /** What the group computes. */
        public Value result() {
            return nodes().getLast().output(0);
        }
    }

    /** A batch normalisation, with a sum and a rectifier in the same pass. */
    record Normalized(Node norm, Optional<Node> sum, Optional<Node> relu) implements Group {
        @Override
        public List<Node> nodes() {
            return Stream.of(Optional.of(norm), sum, relu).flatMap(Optional::stream).toList();
        }

        /** What the group computes. */
        public Value result() {
            return nodes().getLast().output(0);
        }
    }

    /** A rectifier's gradient and the batch normalisation's gradient that reads it. */
    record RectifiedNormGradient(Node relu, Node norm) implements Group {
        @Override
        public List<Node> nodes() {
            return List.of(relu, norm);
        }
    }

    /** A max pooling's gradient and the gradient of the rectifier before the pooling. */
    record RectifiedPoolGradient(Node pool, Node relu) implements Group {
        @Override
        public List<Node> nodes() {
            return List.of(pool, relu);
        }
    }

    /** A convolution's gradient by its filter and, from the same pass, by its bias. */
    record FilterAndBias(Node filter, Node bias) implements Group {
        @Override
        public List<Node> nodes() {
            return List.of(filter, bias);
        }
    }

    /** Updates of one kind with equal attributes, of variables that none of the others reads. */
    record Updates(List<Node> nodes) implements Group {
    }
}
