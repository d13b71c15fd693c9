package dev.lamina.samples.check;

import dev.lamina.check.Subject;
import dev.lamina.data.Dataset;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.rbm.CdStep;
import dev.lamina.rbm.Rbm;
import dev.lamina.rbm.RbmConfig;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What {@code lamina check} checks of a restricted Boltzmann machine: its step of contrastive divergence, as {@code lamina rbm train} runs
 * it.
 *
 * @param rbm the machine
 * @param config momentum; its other settings are in the variables or count for nothing
 * @param variables of a run, by name; a persistent chain gets as many rows as the batch, repeated
 * @param data where samples come from
 * @param batch samples in a step
 */
public record RbmSubject(Rbm rbm, RbmConfig config, Map<String, Tensor> variables, Dataset data, int batch) {
    /** Statistics and updates. */
    public Subject step() {
        Shape sample = data.sampleShape();
        CdStep step = CdStep.of(rbm, DType.FLOAT32, TensorType.of(data.sampleType(), batch, sample.dim(0), sample.dim(1), sample.dim(2)),
                batch);
        Map<String, Tensor> start = new LinkedHashMap<>();
        for (Value variable : step.variables()) {
            start.put(variable.name(), switch (variable.name()) {
                case CdStep.MOMENTUM -> Tensor.scalar(DType.FLOAT32, config.momentum());
                case CdStep.CHAIN -> chain(variables.get(CdStep.CHAIN));
                default -> variables.get(variable.name());
            });
        }
        Batches batches = new Batches(data, batch);
        return new Subject("rbm, step of contrastive divergence", step.graph(), start, s -> Map.of(CdStep.DATA, batches.samples(s)));
    }

    private Tensor chain(Tensor saved) {
        Tensor rows = Tensor.zeros(saved.dtype(), saved.shape().with(0, batch));
        for (int i = 0; i < batch; i++) {
            rows.select(0, i).copyFrom(saved.select(0, i % saved.shape().dim(0)));
        }
        return rows;
    }
}
