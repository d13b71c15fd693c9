package dev.lamina.samples.cli;

import picocli.CommandLine.Command;

/** {@code lamina demo spirals}. */
@Command(name = "spirals", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Two spirals: what a line cannot part and a hidden layer can. "
                + "Trains the linear model and one hidden layer of each width.",
        footer = {"", "Example:", "  lamina demo spirals --activation sigmoid --out runs/demo-spirals"})
final class DemoSpiralsCommand extends PointsDemo {
    @Override
    String points() {
        return "spirals";
    }
}
