package dev.lamina.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a network costs and sees, from shapes alone: nothing is allocated. Rows are the nodes of the forward pass that depend on an input.
 * Immutable and thread-safe.
 */
public final class Summary {
    private final List<Row> rows;
    private final long batch;
    private final long inputBytes;

    /**
     * One node.
     *
     * @param name its name
     * @param op what it is; {@code linear} for a product with a weight
     * @param output type of its first result
     * @param trainable numbers that training changes, shared ones at their first reader only
     * @param frozen numbers in other floating variables, e.g. running means
     * @param parameterBytes bytes of both
     * @param trainableBytes bytes of the trainable ones
     * @param weight the largest variable it reads, if it reads one
     * @param activationBytes bytes that its results occupy by themselves: 0 for views and for functions that may overwrite their operand
     * @param macs multiply-accumulates of one execution
     * @param flops floating-point operations of one execution
     * @param field what one unit sees of the input along the height; empty where that has no meaning
     * @param marks what is worth knowing
     */
    public record Row(String name, String op, TensorType output, long trainable, long frozen, long parameterBytes, long trainableBytes,
            Optional<TensorType> weight, long activationBytes, long macs, long flops, Optional<Field> field, List<String> marks) {
    }

    /**
     * A receptive field along the height: unit i sees pixels {@code [start + i jump - size / 2, start + i jump + size / 2)}, clipped.
     *
     * @param size r, in pixels
     * @param jump j, pixels between neighbouring units
     * @param start s, the centre of unit 0
     * @param all whether a unit sees the whole input, as after a flatten; the numbers are then 0
     */
    public record Field(long size, long jump, double start, boolean all) {
        /** A unit that sees everything. */
        public static final Field ALL = new Field(0, 0, 0, true);
        /** A pixel. */
        public static final Field PIXEL = new Field(1, 1, 0.5, false);

        /** First pixel that a unit sees, without clipping. */
        public double first(long unit) {
            return start + (double) unit * jump - size / 2.0;
        }

        /** One past the last pixel that a unit sees, without clipping. */
        public double end(long unit) {
            return start + (double) unit * jump + size / 2.0;
        }

        @Override
        public String toString() {
            String centre = start == Math.rint(start) ? Long.toString((long) start) : Double.toString(start);
            return all ? "all" : size + "/" + jump + "/" + centre;
        }
    }

    /**
     * An estimate of memory in training, in bytes.
     *
     * @param weights variables of the forward pass
     * @param gradients one of each trainable number
     * @param optimizer the optimizer's copies
     * @param activations intermediate values
     */
    public record Memory(long weights, long gradients, long optimizer, long activations) {
        /** All of it. */
        public long total() {
            return SummaryRows.exactly(() -> Math.addExact(Math.addExact(weights, gradients), Math.addExact(optimizer, activations)));
        }
    }

    Summary(List<Row> rows, long batch, long inputBytes) {
        this.rows = List.copyOf(rows);
        this.batch = batch;
        this.inputBytes = inputBytes;
    }

    /**
     * The summary of everything that a value depends on.
     *
     * @throws GraphException if a count exceeds 2^63 - 1
     */
    public static Summary of(Value output) {
        return of(List.of(output));
    }

    /** The summary of everything that values depend on. */
    public static Summary of(List<Value> outputs) {
        return new SummaryRows(outputs).summary();
    }

    /** The summary of a graph's forward pass: what its outputs depend on, without gradients and updates. */
    public static Summary of(Graph graph) {
        return of(List.copyOf(graph.outputs().values()));
    }

    /**
     * Receptive fields of the values of a forward pass that depend on an image, by value.
     *
     * @param width whether along the width; else along the height
     */
    public static Map<Value, Field> fields(Graph graph, boolean width) {
        SummaryFields fields = new SummaryFields(width ? SummaryFields.WIDTH : SummaryFields.HEIGHT);
        graph.nodes().forEach(fields::add);
        return fields.all();
    }

    /** One row a node. */
    public List<Row> rows() {
        return rows;
    }

    /**
     * The row of this name.
     *
     * @throws GraphException if there is none
     */
    public Row row(String name) {
        return rows.stream().filter(r -> r.name.equals(name)).findFirst().orElseThrow(() -> new GraphException(
                "summary: no row \"" + name + "\"; there are " + rows.stream().map(Row::name).toList() + "."));
    }

    /** Images in a batch: the first extent of the first input; 1 without inputs. */
    public long batch() {
        return batch;
    }

    /** Trainable numbers. */
    public long trainableParameters() {
        return total(Row::trainable);
    }

    /** Numbers in floating variables that are not trained. */
    public long frozenParameters() {
        return total(Row::frozen);
    }

    /** Multiply-accumulates of one forward pass over the batch. */
    public long macs() {
        return total(Row::macs);
    }

    /** Multiply-accumulates of one forward pass of one image. */
    public long macsPerSample() {
        return macs() / Math.max(1, batch);
    }

    /** Floating-point operations of one forward pass over the batch. */
    public long flops() {
        return total(Row::flops);
    }

    /** Floating-point operations of a training step: products count 3 times their forward pass, the rest twice; without the update. */
    public long flopsPerStep() {
        return total(r -> Math.multiplyExact(r.macs > 0 ? 3 : 2, r.flops));
    }

    /** Bytes of inputs and of all results that need a place of their own, each kept for the backward pass. */
    public long activationBytes() {
        return SummaryRows.exactly(() -> Math.addExact(inputBytes, total(Row::activationBytes)));
    }

    /** Memory in training with 0, 1 or 2 optimizer copies of the trainable numbers. */
    public Memory memory(int optimizerCopies) {
        return memory(optimizerCopies, activationBytes());
    }

    /** Memory in training where the bytes of intermediate values are known, e.g. from a backend's plan. */
    public Memory memory(int optimizerCopies, long activationBytes) {
        long trained = total(Row::trainableBytes);
        return new Memory(total(Row::parameterBytes), trained, SummaryRows.exactly(() -> Math.multiplyExact(trained, optimizerCopies)),
                activationBytes);
    }

    /**
     * Fails unless training needs at most 95 % of the free bytes.
     *
     * @param optimizer the optimizer's name for the message, e.g. {@code adam}
     * @throws GraphException with the numbers and what would help
     */
    public void requireFits(long freeBytes, String optimizer, int optimizerCopies) {
        requireFits(freeBytes, optimizer, optimizerCopies, activationBytes());
    }

    /** Fails unless training needs at most 95 % of the free bytes, where the bytes of intermediate values are known. */
    public void requireFits(long freeBytes, String optimizer, int optimizerCopies, long activationBytes) {
        Optional<String> problem = SummaryFit.problem(this, freeBytes, optimizer, memory(optimizerCopies, activationBytes));
        if (problem.isPresent()) {
            throw new GraphException(problem.get());
        }
    }

    /** Nodes marked as receiving no gradient. */
    public List<String> withoutGradient() {
        List<String> names = new ArrayList<>();
        rows.stream().filter(r -> r.marks.contains(SummaryRows.NO_GRADIENT)).forEach(r -> names.add(r.name));
        return names;
    }

    private long total(java.util.function.ToLongFunction<Row> column) {
        return SummaryRows.exactly(() -> rows.stream().mapToLong(column).reduce(0, Math::addExact));
    }

    /** The rows as a table, and totals. */
    @Override
    public String toString() {
        return SummaryText.table(this);
    }
}
