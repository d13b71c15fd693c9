package dev.lamina.cpu;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A graph of constants, evaluated once on the reference backend. */
final class Eval {
    final GraphBuilder graph = new GraphBuilder();
    private final DType dtype;
    private int evaluations;

    Eval(DType dtype) {
        this.dtype = dtype;
    }

    /** A constant of the evaluation's type; without extents a scalar. */
    Value constant(double[] values, long... dims) {
        return Source.constant(graph, Tensor.of(dtype, values, values.length).reshape(dims));
    }

    /** An int64 vector. */
    Value labels(long... labels) {
        return Source.constant(graph, Tensor.of(labels));
    }

    List<double[]> doubles(Value... values) {
        int run = evaluations++;
        for (int i = 0; i < values.length; i++) {
            graph.output(run + "/" + i, values[i]);
        }
        Graph built = graph.build();
        List<double[]> results = new ArrayList<>();
        try (Backend backend = Backends.open("reference"); State state = backend.createState(built.variables());
                Executable executable = backend.compile(built, CompileOptions.defaults())) {
            executable.run(state, Map.of());
            for (int i = 0; i < values.length; i++) {
                results.add(executable.read(run + "/" + i).toDoubles());
            }
        }
        return results;
    }

    static double[] ramp(int n) {
        return IntStream.rangeClosed(1, n).asDoubleStream().toArray();
    }

    /** Numbers in (-1, 1) without pattern, different for each salt. */
    static double[] noise(int n, int salt) {
        dev.lamina.tensor.Philox.Stream random = new dev.lamina.tensor.Philox.Stream(31, 0, salt);
        return IntStream.range(0, n).mapToDouble(_ -> 2 * random.nextUniform() - 1).toArray();
    }
}
