package dev.lamina.samples.cli;

import picocli.CommandLine.Command;

/** {@code lamina demo rings}. */
@Command(name = "rings", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Two rings: what a line cannot part and a hidden layer can. "
                + "Trains the linear model and one hidden layer of each width.",
        footer = {"", "Example:", "  lamina demo rings --activation sigmoid --out runs/demo-rings"})
final class DemoRingsCommand extends PointsDemo {
    @Override
    String points() {
        return "rings";
    }
}
