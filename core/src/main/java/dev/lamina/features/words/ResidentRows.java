package dev.lamina.features.words;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Points that stay on the device in chunks, for the many passes of k-means. One thread at a time.
 */
final class ResidentRows implements AutoCloseable {
    private static final int CHUNK = 1 << 16;
    /** Squared distances below this share of the squared lengths are float32 rounding of {@code |x|² - 2 x·c + |c|²}, and count as 0. */
    private static final double ROUNDING = 2e-6;

    private final Backend backend;
    private final Tensor points;
    private final int n;
    private final int d;
    private final int k;
    private final List<State> chunks = new ArrayList<>();
    private final Map<String, Executable> compiled = new HashMap<>();

    ResidentRows(Backend backend, Tensor points, int k) {
        this.backend = backend;
        this.points = points;
        this.n = Math.toIntExact(points.shape().dim(0));
        this.d = Math.toIntExact(points.shape().dim(1));
        this.k = k;
        for (int first = 0; first < n; first += CHUNK) {
            int rows = Math.min(CHUNK, n - first);
            GraphBuilder graph = new GraphBuilder();
            State state = backend.createState(List.of(x(graph, rows), column(graph, "least", rows), column(graph, "square", rows)));
            state.set("x", points.slice(0, first, first + rows));
            chunks.add(state);
        }
    }

    int count() {
        return n;
    }

    private Value x(GraphBuilder graph, int rows) {
        return graph.variable("x", TensorType.of(DType.FLOAT32, rows, d), false);
    }

    private static Value column(GraphBuilder graph, String name, int rows) {
        return graph.variable(name, TensorType.of(DType.FLOAT32, rows, 1), false);
    }

    private Executable executable(String name, int rows) {
        return compiled.computeIfAbsent(name + rows, _ -> backend.compile(switch (name) {
            case "nearest" -> nearestGraph(rows, false);
            case "nearestOf" -> nearestGraph(rows, true);
            case "first" -> leastGraph(rows, true);
            case "candidates" -> candidatesGraph(rows);
            default -> leastGraph(rows, false);
        }, CompileOptions.defaults().requiringDeterminism()));
    }

    /** {@code argmax_c x·c - |c|²/2}, which is the least distance. */
    private Graph nearestGraph(int rows, boolean given) {
        GraphBuilder graph = new GraphBuilder();
        Value x = given ? graph.input("given", TensorType.of(DType.FLOAT32, rows, d)) : x(graph, rows);
        Value centres = graph.input("centres", TensorType.of(DType.FLOAT32, k, d));
        Value offsets = graph.input("offsets", TensorType.of(DType.FLOAT32, k));
        graph.output("nearest", Reduction.argMax(MatMul.linear(x, centres, offsets), 1));
        return graph.build();
    }

    /** The first pass keeps {@code |x|²} for the others. */
    private Graph leastGraph(int rows, boolean first) {
        GraphBuilder graph = new GraphBuilder();
        Value x = x(graph, rows);
        Value least = column(graph, "least", rows);
        Value kept = column(graph, "square", rows);
        Value centre = graph.input("centre", TensorType.of(DType.FLOAT32, 1, d));
        Value length = graph.input("length", TensorType.of(DType.FLOAT32, 1, 1));
        Value squares = first ? Reduction.sumKeepDims(Pointwise.square(x), 1) : kept;
        Value distance = distances(x, squares, centre, length);
        Value next = first ? distance : Pointwise.min(least, distance);
        Update.assign(least, next);
        if (first) {
            Update.assign(kept, squares);
        }
        graph.output("next", next);
        return graph.build();
    }

    /** What {@code least} would be with each of several further centres, without keeping it. */
    private Graph candidatesGraph(int rows) {
        GraphBuilder graph = new GraphBuilder();
        Value centres = graph.input("centres", TensorType.of(DType.FLOAT32, candidates(k), d));
        Value lengths = graph.input("lengths", TensorType.of(DType.FLOAT32, 1, candidates(k)));
        Value distance = distances(x(graph, rows), column(graph, "square", rows), centres, lengths);
        graph.output("least", Pointwise.min(column(graph, "least", rows), distance));
        return graph.build();
    }

    /** Squared distances {@code [rows, m]} to m centres, of whose squared lengths {@code [1, m]}. */
    private static Value distances(Value x, Value squares, Value centres, Value centreSquares) {
        Value lengths = squares.plus(centreSquares);
        Value distance = lengths.minus(MatMul.matmul(x, centres, false, true).times(2));
        Value real = Pointwise.compare(Pointwise.Comparison.GREATER, distance, lengths.times(ROUNDING));
        return Pointwise.where(real, distance, Source.scalarLike(distance, 0));
    }

    /** Points that are tried as the next seed: scikit-learn's {@code 2 + ln k}. */
    static int candidates(int k) {
        return 2 + (int) Math.log(k);
    }

    /** The one of {@link #candidates} points with which the sum of least distances would be lowest; the first at ties. */
    int best(int[] chosen) {
        Tensor centres = rows(chosen);
        float[] offsets = offsets(centres, chosen.length).toFloats();
        float[] lengths = new float[chosen.length];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = -2 * offsets[i];
        }
        Map<String, Tensor> inputs = Map.of("centres", centres, "lengths", Tensor.of(lengths, 1, lengths.length));
        double[] sums = new double[chosen.length];
        for (int c = 0; c < chunks.size(); c++) {
            Executable run = executable("candidates", Math.min(CHUNK, n - c * CHUNK));
            run.run(chunks.get(c), inputs);
            float[] least = run.read("least").toFloats();
            for (int i = 0; i < least.length; i++) {
                sums[i % sums.length] += least[i];
            }
        }
        int best = 0;
        for (int i = 1; i < sums.length; i++) {
            best = sums[i] < sums[best] ? i : best;
        }
        return chosen[best];
    }

    private Tensor rows(int[] chosen) {
        Tensor rows = Tensor.zeros(DType.FLOAT32, Shape.of(chosen.length, d));
        for (int i = 0; i < chosen.length; i++) {
            rows.select(0, i).copyFrom(points.select(0, chosen[i]));
        }
        return rows;
    }

    /** The nearest centre of every point. */
    int[] nearest(Tensor centres) {
        int[] result = new int[n];
        Map<String, Tensor> inputs = Map.of("centres", centres, "offsets", offsets(centres, k));
        for (int c = 0; c < chunks.size(); c++) {
            int rows = Math.min(CHUNK, n - c * CHUNK);
            Executable run = executable("nearest", rows);
            run.run(chunks.get(c), inputs);
            copy(run.read("nearest").toLongs(), result, c * CHUNK);
        }
        return result;
    }

    /** The nearest centre of chosen points. */
    int[] nearestOf(int[] chosen, Tensor centres) {
        int[] result = new int[chosen.length];
        Executable run = executable("nearestOf", chosen.length);
        run.run(chunks.getFirst(), Map.of("given", rows(chosen), "centres", centres, "offsets", offsets(centres, k)));
        copy(run.read("nearest").toLongs(), result, 0);
        return result;
    }

    private static void copy(long[] from, int[] to, int at) {
        for (int i = 0; i < from.length; i++) {
            to[at + i] = (int) from[i];
        }
    }

    private Tensor offsets(Tensor centres, int count) {
        float[] values = centres.toFloats();
        float[] offsets = new float[count];
        for (int c = 0; c < count; c++) {
            double square = 0;
            for (int j = 0; j < d; j++) {
                square += (double) values[c * d + j] * values[c * d + j];
            }
            offsets[c] = (float) (-square / 2);
        }
        return Tensor.of(offsets, count);
    }

    /** Every point's squared distance to the nearest of the centres that were given so far. */
    float[] leastDistances(Tensor centre, boolean first) {
        float[] result = new float[n];
        double length = 0;
        for (float v : centre.toFloats()) {
            length += (double) v * v;
        }
        Map<String, Tensor> inputs = Map.of("centre", centre.reshape(1, d), "length", Tensor.of(new float[] {(float) length}, 1, 1));
        for (int c = 0; c < chunks.size(); c++) {
            int rows = Math.min(CHUNK, n - c * CHUNK);
            Executable run = executable(first ? "first" : "further", rows);
            run.run(chunks.get(c), inputs);
            float[] part = run.read("next").toFloats();
            System.arraycopy(part, 0, result, c * CHUNK, part.length);
        }
        return result;
    }

    @Override
    public void close() {
        compiled.values().forEach(Executable::close);
        chunks.forEach(State::close);
    }
}
