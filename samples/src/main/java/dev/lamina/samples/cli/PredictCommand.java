package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.data.Datasets;
import dev.lamina.data.Fit;
import dev.lamina.data.TenCrops;
import dev.lamina.features.Fitted;
import dev.lamina.io.AtomicFiles;
import dev.lamina.io.Image;
import dev.lamina.io.ImageFile;
import dev.lamina.nn.Model;
import dev.lamina.samples.runs.Text;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.Evaluator;
import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina predict}: classifies image files with a run's weights. */
@Command(name = "predict", mixinStandardHelpOptions = true,
        description = "Classifies PNG or JPEG images with the weights of a run or an ONNX file.",
        footer = {"", "A run on image files fits images as it fitted its own. Else they are resized to the model's height and width,",
            "without keeping their proportions (--ten-crop keeps them); made grey if the model wants one channel, and a grey one put into",
            "all three if it wants three.",
            "Digits of the built-in sets are light on dark; --invert turns dark ink on paper into that.",
            "An image that cannot be read is named and passed over; the exit code is then 1.", "", "Examples:",
            "  lamina predict --run runs/mnist --invert seven.png", "  lamina predict --run runs/mnist scans --csv digits.csv"})
final class PredictCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--run", paramLabel = "RUN", description = "run folder, or an ONNX file (the latest run under runs/)")
    private Path run;

    @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "PNG or JPEG files, or folders of such, searched with those in them")
    private List<Path> images;

    @Mixin
    private PixelsOption pixelsOption;

    @Mixin
    private ClassNamesOption namesOption;

    @Mixin
    private BackendOption backendOption;

    @Option(names = PrecisionOption.NAME, paramLabel = "NAME", converter = PrecisionOption.class,
            description = PrecisionOption.MEANING + "; that of the run unless given")
    private Precision precision;

    @Option(names = "--invert", description = "swap light and dark")
    private boolean invert;

    @Option(names = "--ten-crop", paramLabel = "SIZE",
            description = "bring images to SIZE x SIZE (shorter side, then centre) and average the softmax of ten views of the model's "
                    + "input size: corners and centre, each also mirrored")
    private Integer tenCrop;

    @Option(names = "--batch-size", defaultValue = "64", paramLabel = "N", description = "images at a time (${DEFAULT-VALUE})")
    private int batchSize;

    @Option(names = "--top", defaultValue = "3", paramLabel = "N", description = "classes shown an image (${DEFAULT-VALUE})")
    private int top;

    @Option(names = "--json", paramLabel = "FILE", description = "write the classes shown to this file too")
    private Path json;

    @Option(names = "--csv", paramLabel = "FILE", description = "write all probabilities to this file too, a row an image")
    private Path csv;

    private List<String> names;
    private final List<Ranking> rankings = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        PrintWriter text = spec.commandLine().getOut();
        require(top, "--top");
        require(batchSize, "--batch-size");
        ImageArguments arguments = ImageArguments.of(images);
        RunFolder folder = pixelsOption.open(run != null ? run : Runs.latest());
        names = namesOption.of(folder.classNames());
        Optional<Fitted> features = FeaturesOption.of(folder);
        Shape input = features.map(Fitted::sampleShape).orElse(folder.inputShape());
        requireTenCrop(features.isPresent(), input);
        Model model = ModelOption.of(folder);
        Precision numbers = precision == null ? folder.config().precision() : precision;
        List<String> problems = new ArrayList<>(arguments.problems());
        try (Backend backend = backendOption.open(text); Evaluator evaluator = folder.evaluator(backend, model, numbers)) {
            for (int from = 0; from < arguments.files().size(); from += batchSize) {
                List<Path> part = arguments.files().subList(from, Math.min(arguments.files().size(), from + batchSize));
                predict(evaluator, backend, features, input, part, folder, problems, text);
            }
        }
        write();
        for (String problem : problems) {
            spec.commandLine().getErr().println("lamina: predict: " + problem);
        }
        if (!problems.isEmpty()) {
            spec.commandLine().getErr().printf("lamina: predict: %d predicted, %d failed.%n", rankings.size(), problems.size());
        }
        return problems.isEmpty() ? 0 : 1;
    }

    private static void require(int value, String option) {
        if (value < 1) {
            throw new IllegalArgumentException("predict: " + option + " " + value + ", needs >= 1.");
        }
    }

    private void requireTenCrop(boolean features, Shape input) {
        if (tenCrop == null) {
            return;
        }
        if (features) {
            throw new IllegalArgumentException("predict: --ten-crop " + tenCrop + ", the run was trained on features, which take whole "
                    + "images. Predict without ten crops.");
        }
        if (tenCrop < Math.max(input.dim(1), input.dim(2)) || tenCrop == input.dim(1) && tenCrop == input.dim(2)) {
            throw new IllegalArgumentException("predict: --ten-crop " + tenCrop + ", the model's input is " + input.dim(1) + " x "
                    + input.dim(2) + " (images must be larger than views). Give a larger size.");
        }
    }

    private void predict(Evaluator evaluator, Backend backend, Optional<Fitted> features, Shape input, List<Path> files,
            RunFolder folder, List<String> problems, PrintWriter text) {
        List<Path> read = new ArrayList<>();
        List<Tensor> loaded = new ArrayList<>();
        for (Path file : files) {
            try {
                loaded.add(load(file, input, folder));
                read.add(file);
            } catch (IOException | IllegalArgumentException e) {
                String message = Lamina.text(e);
                String name = file.getFileName() + ": ";
                problems.add(file + ": " + (message.startsWith(name) ? message.substring(name.length()) : message));
            }
        }
        if (read.isEmpty()) {
            return;
        }
        int views = tenCrop == null ? 1 : TenCrops.VIEWS;
        Tensor batch = Tensor.zeros(DType.UINT8, Shape.of((long) views * read.size(), input.dim(0), input.dim(1), input.dim(2)));
        for (int i = 0; i < read.size(); i++) {
            batch.slice(0, (long) i * views, (long) (i + 1) * views).copyFrom(loaded.get(i));
        }
        Tensor probabilities = evaluator.predict(features.isEmpty() ? batch
                : features.get().transform(backend, batch).reshape(read.size(), features.get().outputSize(), 1, 1));
        for (int i = 0; i < read.size(); i++) {
            Ranking ranking = Ranking.of(read.get(i), probabilities.slice(0, (long) i * views, (long) (i + 1) * views));
            rankings.add(ranking);
            text.printf("%s: %s%n", read.get(i), String.join(", ", ranking.best(top).stream()
                    .map(k -> "%s %.1f %%".formatted(names.get(k), 100 * ranking.probabilities().get(k))).toList()));
        }
        text.flush();
    }

    /** uint8 {@code [views, C, H, W]}. */
    private Tensor load(Path file, Shape input, RunFolder folder) throws IOException {
        Tensor image = ImageFile.read(file);
        int h = Math.toIntExact(input.dim(1));
        int w = Math.toIntExact(input.dim(2));
        boolean onImages = Datasets.isFiles(folder.config().data()) || folder.config().options().containsKey(ImageOption.SIZE);
        if (onImages && tenCrop == null) {
            int shortSide = new ImageOption().options(ImageOption.ofRun(folder, folder.config().data())).shortSide();
            Tensor sample = new Fit(Math.toIntExact(input.dim(0)), h, w, shortSide).apply(Image.of(image)).tensor();
            return inverted(sample).reshape(1, input.dim(0), h, w);
        }
        Tensor channels = input.dim(0) == 1 ? ImageFile.toGrey(image) : image;
        if (channels.shape().dim(0) == 1 && input.dim(0) == 3) {
            channels = Tensor.zeros(DType.UINT8, Shape.of(3, image.shape().dim(1), image.shape().dim(2)));
            for (int c = 0; c < 3; c++) {
                channels.select(0, c).copyFrom(image.select(0, 0));
            }
        }
        if (channels.shape().dim(0) != input.dim(0)) {
            throw new IllegalArgumentException("the image has " + channels.shape().dim(0) + " channels, the model wants " + input.dim(0)
                    + ".");
        }
        if (tenCrop != null) {
            return TenCrops.of(inverted(TenCrops.square(channels, tenCrop)), h, w);
        }
        return inverted(ImageFile.resize(channels, h, w)).reshape(1, input.dim(0), h, w);
    }

    private Tensor inverted(Tensor image) {
        if (!invert) {
            return image.contiguous();
        }
        long[] pixels = image.toLongs();
        byte[] bytes = new byte[pixels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (255 - pixels[i]);
        }
        return Tensor.ofBytes(bytes, image.shape().toArray());
    }

    private void write() throws IOException {
        if (json != null) {
            List<Map<String, Object>> all = new ArrayList<>();
            for (Ranking r : rankings) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("file", r.file().toString());
                one.put("class", names.get(r.best(1).getFirst()));
                Map<String, Double> shown = new LinkedHashMap<>();
                r.best(top).forEach(k -> shown.put(names.get(k), r.probabilities().get(k)));
                one.put("probabilities", shown);
                all.add(one);
            }
            Results.write(json, all);
        }
        if (csv != null) {
            List<Object> heading = new ArrayList<>(List.of("file", "class"));
            heading.addAll(names);
            StringBuilder rows = new StringBuilder(Text.csvRow(heading));
            for (Ranking r : rankings) {
                List<Object> row = new ArrayList<>(List.of(r.file(), names.get(r.best(1).getFirst())));
                row.addAll(r.probabilities());
                rows.append(Text.csvRow(row));
            }
            AtomicFiles.writeString(csv, rows.toString());
        }
    }
}
