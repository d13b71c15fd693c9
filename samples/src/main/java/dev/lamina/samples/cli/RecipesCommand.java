package dev.lamina.samples.cli;

import dev.lamina.train.TrainingRecipe;
import java.io.PrintWriter;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code lamina recipes}: what {@code lamina train --recipe} knows. */
@Command(name = "recipes", mixinStandardHelpOptions = true, description = "Lists recipes of training, their options and their sources.",
        footer = {"", "Examples:", "  lamina recipes", "  lamina train --recipe resnet-cifar --data cifar10",
            "  lamina train --recipe finetune --from runs/resnet20-cifar10 --data flowers"})
final class RecipesCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        PrintWriter text = spec.commandLine().getOut();
        for (TrainingRecipe recipe : TrainingRecipe.all()) {
            text.printf("%s: %s%n", recipe.name(), recipe.summary());
            text.printf("    %s%n", recipe.options().entrySet().stream().map(e -> "--" + e.getKey() + " " + e.getValue())
                    .collect(Collectors.joining(" ")));
            text.printf("    source: %s%n", recipe.source());
        }
    }
}
