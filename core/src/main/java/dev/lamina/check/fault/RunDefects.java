package dev.lamina.check.fault;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Node;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Random;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.List;

/** Defects of what lives from run to run: the state, and the keys of random numbers. */
final class RunDefects {
    /** Added to the number of a stream; more than any graph has. */
    private static final int FAR = 1_000_003;
    private static final double NOISE = 8;
    private static final long NOISE_SEED = 7_919;

    private RunDefects() { }

    /** A hidden variable holds the result of the run before. */
    static Defect stale() {
        String needs = "a result that something reads, with at least one element, and no update";
        ResultDefect results = new ResultDefect(needs, _ -> true, (site, x) -> {
            Value before = site.hidden("stale", x.type());
            Value result = Elements.copied(before);
            Update.assign(before, x);
            return result;
        });
        return Defect.of(needs, (node, read) -> !(node.op() instanceof Update) && results.fits(node, read), results::plant);
    }

    /** A hidden variable counts runs and keys the noise. */
    static Defect notRepeatable() {
        return new ResultDefect("a floating-point result that something reads, with at least one element", x -> x.dtype().isFloating(),
                (site, x) -> noisy(site, x));
    }

    private static Value noisy(Site site, Value x) {
        DType wide = x.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        double most = NOISE * x.dtype().epsilon();
        GraphBuilder builder = site.builder();
        Value run = site.hidden("run", TensorType.of(DType.INT64));
        Value seed = Source.scalar(builder, DType.INT64, NOISE_SEED);
        Random.Uniform draw = new Random.Uniform(x.type().withDType(wide), 1 - most, 1 + most, FAR);
        Value scale = builder.add(draw, seed, run);
        Update.assign(run, run.plus(1));
        return Pointwise.cast(Pointwise.cast(x, wide).times(scale), x.dtype());
    }

    static Defect droppedUpdate() {
        return Defect.of("an update", (node, _) -> node.op() instanceof Update && node.output(0).shape().elements() > 0, site -> {
            site.builder();
            List<Integer> updated = ((Update) site.node().op()).updated(site.operands().size());
            return site.assigned(updated.stream().map(i -> Elements.copied(site.operands().get(i))).toList());
        });
    }

    static Defect wrongStream() {
        return Defect.of("a node that draws random numbers", (node, _) -> draws(node),
                site -> site.replaced(elsewhere((Random) site.node().op()), site.operands()));
    }

    /** Whether a node's results depend on the numbers that it draws. */
    private static boolean draws(Node node) {
        boolean varies = switch (node.op()) {
            case Random.Uniform op -> op.low() != op.high();
            case Random.Normal op -> op.deviation() != 0;
            case Random.Bernoulli op -> op.p() > 0 && op.p() < 1;
            case Random.Dropout op -> op.p() > 0;
            default -> false;
        };
        return varies && node.output(0).shape().elements() > 0;
    }

    private static Random elsewhere(Random random) {
        return switch (random) {
            case Random.Uniform op -> new Random.Uniform(op.type(), op.low(), op.high(), op.stream() + FAR);
            case Random.Normal op -> new Random.Normal(op.type(), op.mean(), op.deviation(), op.stream() + FAR);
            case Random.Bernoulli op -> new Random.Bernoulli(op.type(), op.p(), op.stream() + FAR);
            case Random.Dropout op -> new Random.Dropout(op.p(), op.stream() + FAR);
        };
    }

    static Defect wrongStep() {
        return Defect.of("an operand that is the step's number", (node, _) -> hasStep(node), site -> {
            site.builder();
            int last = site.operands().size() - 1;
            return site.with(last, site.operands().get(last).plus(1));
        });
    }

    private static boolean hasStep(Node node) {
        return switch (node.op()) {
            case Random _ -> draws(node);
            case Update.Adam _ -> node.output(0).shape().elements() > 0;
            case Update.Ema _ -> node.inputs().size() == 3 && node.output(0).shape().elements() > 0;
            default -> false;
        };
    }
}
