package dev.lamina.samples.inspect;

import dev.lamina.data.Dataset;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.inspect.Figure;
import dev.lamina.inspect.Levels;
import dev.lamina.inspect.PatchPicture;
import dev.lamina.inspect.PatchPicture.Square;
import dev.lamina.inspect.learned.ImageLayer;
import dev.lamina.inspect.learned.InspectListener;
import dev.lamina.inspect.learned.Loaded;
import dev.lamina.inspect.learned.Region;
import dev.lamina.inspect.learned.Signals;
import dev.lamina.inspect.learned.TopPatches;
import dev.lamina.inspect.learned.TopPatches.Top;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The patches that maps answer to most, and the signals of those units. */
final class PatchReport {
    private final InspectPlan plan;
    private final Loaded loaded;
    private final Dataset data;
    private final List<String> classNames;
    private final InspectListener listener;

    PatchReport(InspectPlan plan, Loaded loaded, Dataset data, List<String> classNames, InspectListener listener) {
        this.plan = plan;
        this.loaded = loaded;
        this.data = data;
        this.classNames = classNames;
        this.listener = listener;
    }

    void add(Findings findings) throws IOException {
        Map<String, List<List<Top>>> found = TopPatches.of(loaded, data, plan.layers(), plan.top(), plan.batch(), listener);
        Map<String, Object> numbers = new LinkedHashMap<>();
        int number = 0;
        for (Map.Entry<String, List<List<Top>>> entry : found.entrySet()) {
            ImageLayer layer = loaded.network().layers().find("top patches", entry.getKey());
            numbers.put(layer.name(), entry.getValue().stream().map(tops -> tops.stream().map(t -> json(layer, t)).toList()).toList());
            findings.add("Top patches", layer.name(), "patches-" + ++number + "-" + InspectReport.file(layer.name()),
                    picture(layer, entry.getValue()));
        }
        findings.numbers().put("patches", numbers);
    }

    private Map<String, Object> json(ImageLayer layer, Top top) {
        Region region = layer.region(top.unit());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("image", top.image());
        json.put("label", data.label(top.image()));
        json.put("row", top.unit().row());
        json.put("column", top.unit().column());
        json.put("value", top.unit().value());
        json.put("region", List.of(region.top(), region.left(), region.height(), region.width()));
        return json;
    }

    private Tensor picture(ImageLayer layer, List<List<Top>> all) {
        List<Integer> strongest = IntStream.range(0, all.size()).boxed()
                .sorted(Comparator.comparingDouble((Integer k) -> -all.get(k).getFirst().unit().value())
                        .thenComparing(Comparator.naturalOrder())).limit(plan.maps()).toList();
        List<List<Square>> maps = new ArrayList<>();
        for (int k : strongest) {
            maps.add(squares(layer, k, all.get(k)));
            listener.onProgress("signals of " + layer.name(), maps.size(), strongest.size());
        }
        return PatchPicture.of(layer.name() + ": the " + maps.size() + " of " + all.size() + " maps with the strongest units",
                maps);
    }

    private List<Square> squares(ImageLayer layer, int map, List<Top> tops) {
        List<Tensor> samples = new ArrayList<>();
        Shape shape = data.sampleShape();
        Tensor pixels = Tensor.zeros(DType.FLOAT32, Shape.of(tops.size(), shape.dim(0), shape.dim(1), shape.dim(2)));
        for (int i = 0; i < tops.size(); i++) {
            Tensor sample = Tensor.zeros(DType.UINT8, shape);
            data.read(tops.get(i).image(), sample);
            samples.add(Levels.shown(sample));
            pixels.select(0, i).copyFrom(sample.cast(DType.FLOAT32));
        }
        List<Square> squares = new ArrayList<>();
        squares.add(new Square("map " + map + ": " + Figure.number(tops.getFirst().unit().value()) + " to "
                + Figure.number(tops.getLast().unit().value()) + "\n" + majority(tops), IntStream.range(0, tops.size())
                        .mapToObj(i -> layer.shown(tops.get(i).unit()).cut(samples.get(i))).toList()));
        if (plan.has(InspectMethod.DECONVNET)) {
            squares.add(new Square("deconvnet", signals(layer, "deconvnet", ReluRule.DECONVNET, pixels, tops)));
        }
        if (plan.has(InspectMethod.GUIDED)) {
            squares.add(new Square("guided", signals(layer, "guided", ReluRule.GUIDED, pixels, tops)));
        }
        return squares;
    }

    private List<Tensor> signals(ImageLayer layer, String tool, ReluRule rule, Tensor pixels, List<Top> tops) {
        Tensor signals = Signals.ofUnits(loaded, tool, layer.name(), rule, pixels, tops.stream().map(Top::unit).toList());
        return IntStream.range(0, tops.size()).mapToObj(i -> Levels.meanRemoved(signals.select(0, i).contiguous(),
                layer.shown(tops.get(i).unit()))).toList();
    }

    /** The class that most of the images are of. */
    private String majority(List<Top> tops) {
        int[] counts = new int[classNames.size()];
        tops.forEach(t -> counts[data.label(t.image())]++);
        int best = IntStream.range(0, counts.length).reduce(0, (a, b) -> counts[b] > counts[a] ? b : a);
        return InspectReport.shortened(classNames.get(best)) + ": " + counts[best] + " of " + tops.size();
    }
}
