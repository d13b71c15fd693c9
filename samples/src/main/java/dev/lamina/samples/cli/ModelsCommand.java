package dev.lamina.samples.cli;

import dev.lamina.models.ModelChoice;
import dev.lamina.models.ModelInfo;
import dev.lamina.models.Models;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina models}: all models, or the options of one. */
@Command(name = "models", mixinStandardHelpOptions = true,
        description = "Lists models: for what images, how many parameters; or one's options.",
        footer = {"", "Examples:", "  lamina models", "  lamina models resnet50"})
final class ModelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "a model whose options are listed")
    private String name;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (name == null) {
            out.printf("%-16s %-12s %7s %13s  %s%n", "model", "images", "classes", "parameters", "published");
            Models.names().stream().map(Models::info).forEach(info -> line(info, out));
        } else {
            ModelInfo info = Models.info(name);
            line(info, out);
            info.choices().forEach(choice -> option(choice, out));
        }
        out.flush();
        return 0;
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
