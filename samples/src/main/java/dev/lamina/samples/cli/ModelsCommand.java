package dev.lamina.samples.cli;

import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.ops.OnnxImport;
import dev.lamina.models.ModelChoice;
import dev.lamina.models.ModelInfo;
import dev.lamina.models.Models;
import dev.lamina.models.OnnxNetwork;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina models}: all models, or the options of one. */
@Command(name = "models", mixinStandardHelpOptions = true,
        description = "Lists models: for what images, how many parameters; or one's options, or what an ONNX file holds.",
        footer = {"", "Examples:", "  lamina models", "  lamina models resnet50"})
final class ModelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "a model whose options are listed, or an ONNX file")
    private String name;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (name == null) {
            out.printf("%-16s %-12s %7s %13s  %s%n", "model", "images", "classes", "parameters", "published");
            Models.names().stream().map(Models::info).forEach(info -> line(info, out));
        } else if (OnnxNetwork.isFile(name)) {
            file(OnnxFile.read(Path.of(name)), out);
        } else {
            ModelInfo info = Models.info(name);
            line(info, out);
            info.choices().forEach(choice -> option(choice, out));
        }
        out.flush();
        return 0;
    }

    private void file(OnnxModel onnx, PrintWriter out) {
        out.printf("%s: ONNX version %d, operator sets %s, of %s%n", name, onnx.irVersion(), versions(onnx),
                onnx.producer().isEmpty() ? "an unnamed program" : onnx.producer());
        onnx.graph().trueInputs().forEach(v -> out.println("input " + v));
        onnx.graph().outputs().forEach(v -> out.println("output " + v));
        onnx.metadata().forEach((key, value) -> out.println(key + ": " + value));
        out.println("operators: " + OnnxImport.operators(onnx).entrySet().stream().map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", ")));
        Set<String> missing = OnnxImport.missing(onnx);
        if (!missing.isEmpty()) {
            out.println("Lamina has not: " + String.join(", ", missing));
            return;
        }
        OnnxNetwork network = OnnxNetwork.of(ModelOption.shortName(name), onnx);
        out.printf(Locale.ROOT, "classifies images %s into %d classes, %,d parameters%n", network.input(), network.classes(),
                network.model().parameters().trainableElements());
    }

    private static String versions(OnnxModel onnx) {
        return new TreeMap<>(onnx.versions()).entrySet().stream().map(e -> (e.getKey().isEmpty() ? "" : e.getKey() + " ") + e.getValue())
                .collect(Collectors.joining(", "));
    }

    private static void line(ModelInfo info, PrintWriter out) {
        long parameters = Models.create(info.name(), info.input(), info.classes()).parameters().trainableElements();
        String size = Arrays.stream(info.input().toArray()).mapToObj(Long::toString).collect(Collectors.joining(","));
        out.printf(Locale.ROOT, "%-16s %-12s %7d %,13d  %s%n", info.name(), size, info.classes(), parameters, info.source());
    }

    private static void option(ModelChoice choice, PrintWriter out) {
        String values = choice.values().isEmpty() ? choice.initial() + ", or another number" : String.join(" | ", choice.values());
        out.printf("  %s = %s (default %s)%n      %s%n", choice.name(), values, choice.initial(), choice.meaning());
    }
}
