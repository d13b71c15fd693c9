package dev.lamina.samples.inspect;

import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.inspect.Figure;
import dev.lamina.inspect.Levels;
import dev.lamina.inspect.MapsPicture;
import dev.lamina.inspect.learned.Activations;
import dev.lamina.inspect.learned.InspectListener;
import dev.lamina.inspect.learned.Loaded;
import dev.lamina.inspect.learned.Occlusion;
import dev.lamina.inspect.learned.Saliency;
import dev.lamina.inspect.learned.Signals;
import dev.lamina.inspect.learned.Unit;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a network makes of single images: maps, saliency, signals of the strongest units, occlusion. */
final class ImageReport {
    private static final int SIDE = 160;
    private static final int LETTER = 7;
    private static final int COLUMNS = 6;
    private static final int SWATCH_HEIGHT = 16;
    private static final int SWATCH_WIDTH = 104;

    private final InspectPlan plan;
    private final Loaded loaded;
    private final List<String> classNames;
    private final InspectListener listener;

    ImageReport(InspectPlan plan, Loaded loaded, List<String> classNames, InspectListener listener) {
        this.plan = plan;
        this.loaded = loaded;
        this.classNames = classNames;
        this.listener = listener;
    }

    /** Adds all of one image; {@code number} counts from 1. */
    void add(Findings findings, LookedAt image, int number) throws IOException {
        Activations activations = Activations.of(loaded, plan.layers(), image.pixels());
        Map<String, Object> numbers = new LinkedHashMap<>();
        int winner = activations.winner(0);
        numbers.put("name", image.name());
        numbers.put("label", image.label());
        numbers.put("watched", image.watched());
        numbers.put("winner", winner);
        numbers.put("probability", activations.probabilities().get(0, winner));
        numbers.put("probability_of_watched", activations.probabilities().get(0, image.watched()));
        String title = String.format(Locale.ROOT, "%s%s, predicted %s, %.1f %%", image.name(), image.label() < 0 ? "" : ": "
                + classNames.get(image.label()), classNames.get(winner), 100 * activations.probabilities().get(0, winner));
        signals(findings, image, number, activations, numbers, title);
        if (plan.has(InspectMethod.ACTIVATIONS)) {
            int at = 0;
            for (String layer : plan.layers()) {
                String key = "maps-" + number + "-" + ++at + "-" + InspectReport.file(layer);
                findings.add("Activation maps", image.name() + ", " + layer, key, MapsPicture.of(layer
                        + ": number and greatest value of each map", activations.maps().get(layer).select(0, 0).contiguous(),
                        plan.shown()));
            }
        }
        if (plan.has(InspectMethod.OCCLUSION)) {
            occlusion(findings, image, number, numbers, title);
        }
        InspectReport.list(findings.numbers(), "images").add(numbers);
    }

    private static Figure.Panel panel(String caption, Tensor picture) {
        Tensor fitted = Levels.fit(picture, SIDE);
        int letters = Math.toIntExact(fitted.shape().dim(2) / LETTER);
        String lines = String.join("\n", caption.lines().map(l -> l.length() <= letters ? l : l.substring(0, letters - 1) + "…")
                .toList());
        return new Figure.Panel(lines, fitted, 1);
    }

    private void signals(Findings findings, LookedAt image, int number, Activations activations, Map<String, Object> numbers,
            String title) throws IOException {
        List<Figure.Panel> panels = new ArrayList<>(List.of(panel("the image", Levels.shown(image.image()))));
        Tensor pixels = image.pixels();
        List<Integer> watched = List.of(image.watched());
        if (plan.has(InspectMethod.SALIENCY)) {
            String of = "\nof " + InspectReport.shortened(classNames.get(image.watched()));
            panels.add(panel("saliency" + of, Levels.heat(Saliency.plain(loaded, pixels, watched).select(0, 0))));
            panels.add(panel("input x gradient" + of, Levels.heat(Saliency.inputTimesGradient(loaded, pixels, watched).select(0, 0))));
            panels.add(panel("SmoothGrad" + of, Levels.heat(Saliency.smooth(loaded, pixels, watched, plan.seed(), number).select(0, 0))));
            if (plan.has(InspectMethod.GUIDED)) {
                panels.add(panel("guided" + of, Levels.meanRemoved(Signals.ofLogits(loaded, ReluRule.GUIDED, pixels, watched)
                        .select(0, 0).contiguous())));
            }
        }
        List<Figure.Panel> units = new ArrayList<>();
        for (String layer : plan.layers()) {
            Unit unit = activations.strongest(layer, 0);
            numbers.put("strongest " + layer, unit);
            String of = String.format(Locale.ROOT, " of map %d%n%s", unit.map(), layer);
            if (plan.has(InspectMethod.DECONVNET)) {
                units.add(panel("deconvnet" + of, signal("deconvnet", layer, ReluRule.DECONVNET, pixels, unit)));
            }
            if (plan.has(InspectMethod.GUIDED)) {
                units.add(panel("guided" + of, signal("guided", layer, ReluRule.GUIDED, pixels, unit)));
            }
        }
        listener.onProgress("signals of images", number, number);
        if (panels.size() + units.size() > 1) {
            List<Figure.Panel> parts = new ArrayList<>(List.of(new Figure.Panel("", Figure.of(title, COLUMNS, panels), 1)));
            if (!units.isEmpty()) {
                parts.add(new Figure.Panel("", Figure.of("the strongest unit of each layer", COLUMNS, units), 1));
            }
            findings.add("Images one by one", image.name(), "image-" + number, Figure.of("", 1, parts));
        }
    }

    private Tensor signal(String tool, String layer, ReluRule rule, Tensor pixels, Unit unit) {
        return Levels.meanRemoved(Signals.ofUnits(loaded, tool, layer, rule, pixels, List.of(unit)).select(0, 0).contiguous());
    }

    private void occlusion(Findings findings, LookedAt image, int number, Map<String, Object> numbers, String title) throws IOException {
        String layer = plan.layers().isEmpty() ? null : plan.layers().getLast();
        Occlusion.Maps maps = plan.occlusion().of(loaded, layer, image.pixels().select(0, 0), image.watched(), plan.batch(), listener);
        List<Figure.Panel> panels = new ArrayList<>(List.of(panel("the image", Levels.shown(image.image()))));
        panels.add(heat("p of " + InspectReport.shortened(classNames.get(maps.label())), "", maps, maps.probability()));
        if (layer != null) {
            panels.add(heat("sum of " + layer, "map " + maps.map() + ": ", maps, maps.sums()));
        }
        panels.add(panel("winning class", Levels.classes(maps.winners(), maps.rows(), maps.columns())));
        List<Figure.Panel> legend = Arrays.stream(maps.winners()).distinct().sorted().mapToObj(this::swatch).toList();
        Tensor figure = Figure.of(String.format(Locale.ROOT, "%s; square of %d, stride %d", title, plan.occlusion().size(),
                plan.occlusion().stride()), panels.size(), panels);
        Tensor colours = Figure.of("winning classes", 8, legend);
        findings.add("Occlusion", image.name(), "occlusion-" + number, Figure.of("", 1, List.of(new Figure.Panel("", figure, 1),
                new Figure.Panel("", colours, 1))));
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("size", plan.occlusion().size());
        found.put("stride", plan.occlusion().stride());
        found.put("layer", layer);
        found.put("maps", maps);
        numbers.put("occlusion", found);
    }

    private Figure.Panel swatch(int number) {
        int[] pixels = new int[SWATCH_HEIGHT * SWATCH_WIDTH];
        Arrays.fill(pixels, number);
        return new Figure.Panel(InspectReport.shortened(classNames.get(number)), Levels.classes(pixels, SWATCH_HEIGHT, SWATCH_WIDTH), 1);
    }

    private static Figure.Panel heat(String what, String of, Occlusion.Maps maps, double[] values) {
        double low = Arrays.stream(values).min().orElse(0);
        double high = Arrays.stream(values).max().orElse(0);
        if (low == high) {
            return panel(what + "\n" + of + Figure.number(low) + " everywhere", Levels.heat(values, maps.rows(), maps.columns(),
                    low - 1, high + 1));
        }
        return panel(what + "\n" + of + Figure.number(low) + " to " + Figure.number(high), Levels.heat(values, maps.rows(),
                maps.columns(), low, high));
    }
}
