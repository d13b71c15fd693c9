package dev.lamina.samples.cli;

import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.inspect.MapsPicture;
import dev.lamina.inspect.learned.Activations;
import dev.lamina.inspect.learned.ImageLayer;
import dev.lamina.inspect.learned.ImageLayers;
import dev.lamina.inspect.learned.Learned;
import dev.lamina.inspect.learned.Loaded;
import dev.lamina.inspect.learned.Occlusion;
import dev.lamina.nn.Model;
import dev.lamina.samples.inspect.InspectMethod;
import dev.lamina.samples.inspect.InspectPlan;
import dev.lamina.samples.inspect.InspectReport;
import dev.lamina.samples.inspect.LookedAt;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lamina inspect}: what a network learned, beside the same network with random weights. */
@Command(name = "inspect", mixinStandardHelpOptions = true,
        description = "Shows what a network learned: filters, activation maps, top patches, deconvnet, guided backpropagation, saliency, "
                + "occlusion; each beside the same network with random weights. Writes PNG files, inspect.json and index.html.",
        footer = {"", "Examples:", "  lamina inspect runs/lenet-mnist",
            "  lamina inspect runs/vgg11-cifar10-part --layer conv1_1,pool2,conv5_2 --method patches,deconvnet",
            "  lamina inspect squeezenet.onnx --pixels imagenet --image cat.jpg dog.jpg"})
final class InspectCommand implements Callable<Integer> {
    /** Multiply-accumulates that occlusion may take unasked: some ten seconds of the reference, a minute or so of others. */
    private static final double QUICK_REFERENCE = 1e10;
    private static final double QUICK = 5e12;
    private static final int MOST_MAPS = 48;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "RUN", description = "run folder, or an ONNX file (the latest run under runs/)")
    private Path run;

    @Option(names = "--data", paramLabel = "NAME",
            description = "data set whose test samples are searched and looked at (the run's own, unless there are --image)")
    private String data;

    @Option(names = "--image", arity = "1..*", paramLabel = "FILE", description = "look at these images in place of samples of the data")
    private List<Path> files = List.of();

    @Option(names = "--layer", split = ",", paramLabel = "NAME,...",
            description = "layers to look at (conv1_1,conv3_2,conv5_3 where they are; else the first, middle and last convolution)")
    private List<String> layers = List.of();

    @Option(names = "--method", split = ",", paramLabel = "NAME,...",
            description = "filters, activations, patches, deconvnet, guided, saliency, occlusion (all; occlusion where it is quick)")
    private List<String> methods = List.of();

    @Option(names = "--samples", defaultValue = "3", paramLabel = "N",
            description = "samples of the data, the first, that are looked at one by one (${DEFAULT-VALUE})")
    private int samples;

    @Option(names = "--limit", defaultValue = "0", paramLabel = "N", description = "search the first N samples for patches; 0 for all")
    private int limit;

    @Option(names = "--top", defaultValue = "9", paramLabel = "N", description = "strongest units a feature map (${DEFAULT-VALUE})")
    private int top;

    @Option(names = "--maps", defaultValue = "12", paramLabel = "N",
            description = "feature maps of a layer whose patches are drawn: those with the strongest units (${DEFAULT-VALUE})")
    private int maps;

    @Option(names = "--shared-scale", description = "one scale for all activation maps of a layer, in place of each map's own")
    private boolean shared;

    @Option(names = "--sort-maps", description = "activation maps by their greatest value, in place of their number")
    private boolean sorted;

    @Option(names = "--occlusion-size", paramLabel = "N", description = "side of the square, in pixels (32 on images of 224 pixels, "
            + "else as much less or more)")
    private Integer size;

    @Option(names = "--occlusion-stride", paramLabel = "N", description = "pixels between its places (8 on images of 224 pixels)")
    private Integer stride;

    @Option(names = "--batch-size", defaultValue = "64", paramLabel = "N", description = "images at a time (${DEFAULT-VALUE})")
    private int batch;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "seed of noise and random weights (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--out", paramLabel = "DIR", description = "folder of the files (RUN/inspect)")
    private Path out;

    @Mixin
    private DataOption dataOption;

    @Mixin
    private PixelsOption pixelsOption;

    @Mixin
    private ClassNamesOption namesOption;

    @Mixin
    private BackendOption backendOption;

    @Override
    public Integer call() throws IOException {
        requirePositive();
        PrintWriter text = spec.commandLine().getOut();
        RunFolder folder = pixelsOption.open(run != null ? run : Runs.latest());
        if (FeaturesOption.of(folder).isPresent()) {
            throw new IllegalArgumentException("inspect: " + folder.path() + " was trained on features, not on images. Name a "
                    + "run on images.");
        }
        Model model = ModelOption.of(folder);
        Learned network = new Learned(model, folder.statistics(), folder.weights());
        List<String> chosen = layers(network);
        Set<InspectMethod> asked = EnumSet.noneOf(InspectMethod.class);
        methods.forEach(name -> asked.add(InspectMethod.of(name)));
        Occlusion occlusion = occlusion(model.inputShape());
        Optional<Dataset> searched = data(folder, model);
        List<String> names = namesOption.of(PixelsOption.isNameless(folder) && searched.isPresent()
                && searched.get().classNames().size() == model.classes() ? searched.get().classNames() : folder.classNames());
        try (Backend backend = backendOption.open(text)) {
            List<LookedAt> images = images(folder, searched, network, backend);
            if (asked.isEmpty()) {
                asked.addAll(quick(model, occlusion, images.size(), backend, text));
            }
            if (asked.contains(InspectMethod.PATCHES) && searched.isEmpty() && !methods.isEmpty()) {
                throw new IllegalArgumentException("inspect: method patches searches a data set, and there is none. Give --data.");
            }
            InspectPlan plan = new InspectPlan(asked, chosen, top, maps, new MapsPicture.Options(shared, sorted, MOST_MAPS),
                    occlusion, seed, batch);
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("model", model.name());
            facts.put("run", folder.path().toString());
            facts.put("data", searched.map(Dataset::name).orElse("none"));
            facts.put("samples", searched.map(Dataset::size).orElse(0));
            facts.put("backend", backend.name());
            facts.put("device", backend.device().name());
            InspectProgress progress = new InspectProgress(text);
            Path target = out != null ? out : home(folder).resolve("inspect");
            Path page = new InspectReport(plan, network, facts, names, searched, images).write(backend, target, progress);
            progress.end();
            text.println("layers: " + (chosen.isEmpty() ? "none, the model has no convolution" : String.join(", ", chosen)));
            text.println("written to " + page);
            text.flush();
        }
        return 0;
    }

    private void requirePositive() {
        Map<String, Integer> all = new LinkedHashMap<>();
        all.put("--samples", samples + 1);
        all.put("--limit", limit + 1);
        all.put("--top", top);
        all.put("--maps", maps);
        all.put("--batch-size", batch);
        all.forEach((option, value) -> {
            if (value < 1) {
                boolean zero = option.equals("--samples") || option.equals("--limit");
                throw new IllegalArgumentException("inspect: " + option + " " + (zero ? value - 1 : value) + ", needs >= " + (zero ? 0 : 1)
                        + ".");
            }
        });
    }

    private static Path home(RunFolder folder) {
        return folder.config().data().equals(PixelsOption.NO_DATA) ? Runs.HOME.resolve(ModelOption.shortName(folder.config().model()))
                : folder.path();
    }

    private List<String> layers(Learned network) {
        ImageLayers known = network.layers();
        if (layers.isEmpty()) {
            return known.defaults().stream().map(ImageLayer::name).toList();
        }
        layers.forEach(name -> known.find("inspect", name));
        return layers.stream().distinct().toList();
    }

    private Occlusion occlusion(Shape input) {
        Occlusion scaled = Occlusion.scaled(input);
        Occlusion given = new Occlusion(size == null ? scaled.size() : size, stride == null ? scaled.stride() : stride);
        given.places(input);
        return given;
    }

    private Optional<Dataset> data(RunFolder folder, Model model) throws IOException {
        String own = folder.config().data();
        if (data == null && !files.isEmpty()) {
            return Optional.empty();
        }
        if (data == null && own.equals(PixelsOption.NO_DATA)) {
            throw new IllegalArgumentException("inspect: " + folder.path() + " is an ONNX file, which names no data. Give --data or "
                    + "--image.");
        }
        String name = data != null ? data : own;
        Dataset test = dataOption.open(name, ImageOption.ofRun(folder, name), folder.config().seed(), 0).test();
        if (!test.sampleShape().equals(model.inputShape())) {
            throw new IllegalArgumentException("inspect: data \"" + name + "\" holds samples " + test.sampleShape() + ", model \""
                    + model.name() + "\" takes " + model.inputShape() + ". Give --image-size, or name other data.");
        }
        if (test.classNames().size() != model.classes()) {
            throw new IllegalArgumentException("inspect: data \"" + name + "\" has " + test.classNames().size() + " classes, the model "
                    + model.classes() + ". Name data of the same classes.");
        }
        return Optional.of(limit == 0 ? test : test.first(limit));
    }

    private List<LookedAt> images(RunFolder folder, Optional<Dataset> searched, Learned network, Backend backend) throws IOException {
        List<LookedAt> images = new ArrayList<>();
        if (files.isEmpty()) {
            Dataset from = searched.orElseThrow();
            for (int i = 0; i < Math.min(samples, from.size()); i++) {
                Tensor sample = Tensor.zeros(DType.UINT8, from.sampleShape());
                from.read(i, sample);
                images.add(new LookedAt("sample " + i, sample, from.label(i), from.label(i)));
            }
            return images;
        }
        ImageArguments arguments = ImageArguments.of(files);
        if (!arguments.problems().isEmpty()) {
            throw new IllegalArgumentException("inspect: " + arguments.problems().getFirst());
        }
        try (Loaded loaded = new Loaded(backend, network)) {
            for (Path file : arguments.files()) {
                LookedAt image = new LookedAt(file.getFileName().toString(), RunImages.load(file, folder), -1, 0);
                int winner = Activations.of(loaded, List.of(), image.pixels()).winner(0);
                images.add(new LookedAt(image.name(), image.image(), -1, winner));
            }
        }
        return images;
    }

    /** All methods, occlusion only where it does not take long. */
    private static Set<InspectMethod> quick(Model model, Occlusion occlusion, int images, Backend backend, PrintWriter text) {
        Set<InspectMethod> all = EnumSet.allOf(InspectMethod.class);
        double macs = 2.0 * model.summary(1).macsPerSample() * occlusion.places(model.inputShape()) * images;
        if (macs > (backend.name().equals("reference") ? QUICK_REFERENCE : QUICK)) {
            text.printf("occlusion is left out, it would take %.2g multiply-accumulates: ask for it by --method, or give a larger "
                    + "--occlusion-stride%n", macs);
            all.remove(InspectMethod.OCCLUSION);
        }
        return all;
    }
}
