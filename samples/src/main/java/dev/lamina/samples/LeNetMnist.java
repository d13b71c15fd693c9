package dev.lamina.samples;

import dev.lamina.data.DataOptions;
import dev.lamina.data.Datasets;
import dev.lamina.data.Split;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/** LeNet on MNIST, in the folder that the first argument or the variable LAMINA_DATA names. */
public final class LeNetMnist {
    private LeNetMnist() { }

    /** Trains three epochs and prints the accuracy. */
    public static void main(String[] args) throws IOException {
        Path dir = args.length > 0 ? Path.of(args[0]) : DataOptions.defaultDir();
        run(System.out, Datasets.open("mnist", DataOptions.in(dir)), 3);
    }

    /** Trains for some epochs; the result is the test accuracy, 0 to 1. */
    public static double run(PrintStream out, Split data, int epochs) throws IOException {
        return LinearClassifier.train(out, "lenet", "adam", 1e-3, data, epochs);
    }
}
