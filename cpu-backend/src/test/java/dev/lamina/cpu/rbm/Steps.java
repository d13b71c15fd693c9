package dev.lamina.cpu.rbm;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.rbm.CdStep;
import dev.lamina.rbm.RbmParameters;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.Map;

/** Single steps of contrastive divergence with their statistics. One thread. */
final class Steps implements AutoCloseable {
    final State state;
    private final Executable step;
    private final DType dtype;

    Steps(Backend backend, RbmParameters parameters, TensorType data, long chains) {
        dtype = parameters.weight().dtype();
        CdStep graph = CdStep.withStatistics(parameters.rbm(), dtype, data, chains);
        state = backend.createState(graph.variables());
        parameters.writeTo(state);
        step = backend.compile(graph.graph(), CompileOptions.defaults().requiringDeterminism());
    }

    Steps seed(long seed) {
        state.set(GraphBuilder.SEED, Tensor.of(new long[] {seed}, 1).reshape());
        return this;
    }

    /** Learning rate and momentum; both 0 at first, so that nothing moves. */
    Steps rates(double rate, double momentum) {
        state.set(CdStep.RATE, Tensor.scalar(dtype, rate));
        state.set(CdStep.MOMENTUM, Tensor.scalar(dtype, momentum));
        return this;
    }

    Map<String, Tensor> run(Tensor data) {
        return step.call(state, Map.of(CdStep.DATA, data));
    }

    /** The same sample in every row. */
    static Tensor copies(DType dtype, double[] sample, int count) {
        double[] all = new double[sample.length * count];
        for (int n = 0; n < count; n++) {
            System.arraycopy(sample, 0, all, n * sample.length, sample.length);
        }
        return Tensor.of(dtype, all, count, sample.length);
    }

    @Override
    public void close() {
        step.close();
        state.close();
    }
}
