package dev.lamina.samples.cli;

import picocli.CommandLine.Command;

/** {@code lamina demo xor}. */
@Command(name = "xor", mixinStandardHelpOptions = true, showDefaultValues = true,
        description = "Four clusters in the quadrants: what a line cannot part and a hidden layer can. "
                + "Trains the linear model and one hidden layer of each width.",
        footer = {"", "Example:", "  lamina demo xor --activation sigmoid --out runs/demo-xor"})
final class DemoXorCommand extends PointsDemo {
    @Override
    String points() {
        return "xor";
    }
}
