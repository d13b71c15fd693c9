package dev.lamina.io.onnx.export;

import dev.lamina.graph.Node;
import dev.lamina.graph.Normalization;
import java.util.Map;

/** Normalisation. */
final class NormalizationNodes {
    private NormalizationNodes() { }

    static void add(Emitter to, Node node, Normalization op) {
        switch (op) {
            case Normalization.BatchNormInference(double epsilon) ->
                to.add(node, "BatchNormalization", to.inputs(node), Map.of("epsilon", Emitter.real(epsilon)));
            // ONNX divides alpha by the size.
            case Normalization.Lrn lrn -> to.add(node, "LRN", to.inputs(node), Map.of("alpha", Emitter.real(lrn.factor() * lrn.size()),
                    "beta", Emitter.real(lrn.beta()), "bias", Emitter.real(lrn.k()), "size", Emitter.integer(lrn.size())));
            case Normalization.BatchNormTraining _ -> throw Emitter.refused(node, "it normalises by the batch, a model for inference by "
                    + "running statistics. Build the graph for inference.");
            case Normalization.BatchNormGradient _, Normalization.LrnGradient _ -> throw Emitter.refused(node, "it belongs to gradients, "
                    + "which ONNX has no operator for. Build the graph for inference.");
        }
    }
}
