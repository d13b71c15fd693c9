package dev.lamina.samples.cli;

import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Summary;
import dev.lamina.graph.Value;
import dev.lamina.nn.Context;
import dev.lamina.nn.Lint;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.Shape;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code lamina summary}: what a model holds and costs, from shapes alone. */
@Command(name = "summary", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Shows layers, shapes, parameters, FLOPs, receptive fields and memory, before anything is allocated.",
        footer = {"", "Examples:", "  lamina summary --model lenet", "  lamina summary --model resnet50 --width 0.5",
            "  lamina summary --model mlp --hidden 128 --activation binarizeBlock",
            "  lamina summary --model linear --input 3,256,256 --classes 49152 --memory 80GiB"})
final class SummaryCommand implements Callable<Integer> {
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(KiB|MiB|GiB|TiB|B)?");
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB");

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOption modelOption;

    @Option(names = "--input", split = ",", paramLabel = "C,H,W", description = "shape of a sample (that the model was published for)")
    private long[] input;

    @Option(names = "--classes", paramLabel = "K", description = "number of classes (that the model was published for)")
    private Integer classes;

    @Option(names = "--batch-size", defaultValue = "1", paramLabel = "N", description = "samples in a step")
    private int batchSize;

    @Option(names = "--optimizer", defaultValue = "adam", paramLabel = "NAME", description = "whose state counts in the memory")
    private String optimizer;

    @Option(names = "--memory", paramLabel = "SIZE", description = "fail unless training fits, e.g. 8GiB")
    private String memory;

    @Option(names = "--dot", description = "print the graph in Graphviz's DOT language instead")
    private boolean dot;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (input != null && input.length != 3) {
            throw new IllegalArgumentException("summary: --input has " + input.length + " numbers, needs C,H,W, e.g. 3,32,32.");
        }
        Model network = modelOption.create(input == null ? modelOption.info().input() : Shape.of(input),
                classes == null ? modelOption.info().classes() : classes);
        if (dot) {
            GraphBuilder graph = new GraphBuilder();
            Value images = graph.input("images", network.inputType(batchSize));
            graph.output("logits", network.logits(new Context(graph, true), images));
            out.print(graph.build().toDot());
            out.flush();
            return 0;
        }
        Summary summary = network.summary(batchSize);
        out.println(summary);
        Lint.check(network).forEach(w -> out.println("warning: " + w));
        int copies = Optimizer.parse(optimizer, 0).buffersPerParameter();
        Summary.Memory need = summary.memory(copies);
        boolean large = need.total() >= 1L << 30;
        double unit = large ? 0x1p30 : 0x1p20;
        out.printf(Locale.ROOT, "training with %s needs about %.1f %s: weights %.1f, gradients %.1f, optimizer %.1f, activations %.1f%n",
                optimizer, need.total() / unit, large ? "GiB" : "MiB", need.weights() / unit, need.gradients() / unit,
                need.optimizer() / unit, need.activations() / unit);
        out.flush();
        if (memory != null) {
            summary.requireFits(bytes("summary: --memory", memory), optimizer, copies);
        }
        return 0;
    }

    static long bytes(String option, String size) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(option + " " + size + ", needs a number and B, KiB, MiB, GiB or TiB, e.g. 8GiB.");
        }
        int power = matcher.group(2) == null ? 0 : UNITS.indexOf(matcher.group(2));
        return (long) (Double.parseDouble(matcher.group(1)) * Math.pow(1024, power));
    }
}
