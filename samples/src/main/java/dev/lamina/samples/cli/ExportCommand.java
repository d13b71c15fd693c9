package dev.lamina.samples.cli;

import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.io.onnx.OnnxWriter;
import dev.lamina.io.onnx.export.OnnxExport;
import dev.lamina.nn.Model;
import dev.lamina.train.ModelExport;
import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina export}: a run's model as an ONNX file. */
@Command(name = "export", mixinStandardHelpOptions = true,
        description = "Writes a run's model as an ONNX file for other programs: weights, normalisation, names of the classes.",
        footer = {"", "The batch may have any size. Classes, mean and deviation are in the file's metadata.", "", "Examples:",
            "  lamina export", "  lamina export runs/mnist --output probabilities --out mnist.onnx",
            "  lamina export runs/mnist --input normalised --weights beside"})
final class ExportCommand implements Callable<Integer> {
    private static final String FILE = "model.onnx";

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "RUN", description = "run folder (the latest under runs/)")
    private Path run;

    @Option(names = "--out", paramLabel = "FILE", description = "the file to write (RUN/" + FILE + ")")
    private Path out;

    @Option(names = "--output", defaultValue = "logits", paramLabel = "KIND",
            description = "logits, or probabilities: their softmax (${DEFAULT-VALUE})")
    private ModelExport.Output output;

    @Option(names = "--input", defaultValue = "pixels", paramLabel = "KIND",
            description = "pixels: uint8, which the model normalises; normalised: float32 numbers that the caller has normalised, or "
                    + "features (${DEFAULT-VALUE})")
    private ModelExport.Input input;

    @Option(names = "--weights", defaultValue = "automatic", paramLabel = "WHERE",
            description = "inside the file, beside it in FILE" + OnnxWriter.DATA + ", or automatic: beside it only where it would have "
                    + "2 GiB (${DEFAULT-VALUE})")
    private OnnxWriter.Storage weights;

    @Option(names = "--best", description = "the weights of the best epoch instead of the last ones")
    private boolean best;

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        Path folder = run != null ? run : Runs.latest();
        RunFolder opened = best ? RunFolder.openBest(folder) : RunFolder.open(folder);
        Model model = ModelOption.of(opened);
        OnnxModel exported = ModelExport.of(model, opened.statistics(), opened.weights(), opened.classNames(), input,
                output, "lamina " + Lamina.VERSION);
        Path file = out != null ? out : folder.resolve(FILE);
        print(text, exported, OnnxWriter.write(file, exported, weights));
        return 0;
    }

    private void print(PrintWriter text, OnnxModel model, List<Path> files) throws IOException {
        text.println("input    " + values(model.graph().inputs()) + (input == ModelExport.Input.PIXELS ? ", pixels" : ", normalised"));
        text.println("output   " + values(model.graph().outputs()));
        text.printf(Locale.ROOT, "nodes    %d, initializers %d%n", model.graph().nodes().size(), model.graph().initializers().size());
        text.printf(Locale.ROOT, "format   IR %d, operator set %d, producer %s%n", model.irVersion(), OnnxExport.OPERATORS,
                model.producer());
        for (Path file : files) {
            text.printf(Locale.ROOT, "written  %s, %,d bytes%n", file, Files.size(file));
        }
        if (files.size() > 1) {
            text.println("Keep these two files together.");
        }
        text.flush();
    }

    private static String values(List<OnnxValue> values) {
        return values.stream().map(OnnxValue::toString).collect(Collectors.joining("; "));
    }
}
