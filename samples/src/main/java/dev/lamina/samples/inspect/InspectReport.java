package dev.lamina.samples.inspect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.backend.Backend;
import dev.lamina.data.Dataset;
import dev.lamina.graph.Pointwise.ReluRule;
import dev.lamina.inspect.FilterPicture;
import dev.lamina.inspect.learned.ImageLayer;
import dev.lamina.inspect.learned.ImageLayers;
import dev.lamina.inspect.learned.InspectListener;
import dev.lamina.inspect.learned.Learned;
import dev.lamina.inspect.learned.Loaded;
import dev.lamina.inspect.learned.Signals;
import dev.lamina.io.AtomicFiles;
import dev.lamina.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pictures and numbers of a network, and the same of a network with random weights, so that nobody reads meaning into structure: files
 * {@value #PAGE}, {@value #JSON}, and a folder of pictures for each network. Not thread-safe.
 */
public final class InspectReport {
    /** The page. */
    public static final String PAGE = "index.html";
    /** All numbers. */
    public static final String JSON = "inspect.json";
    static final String TRAINED = "trained";
    static final String RANDOM = "reinitialised";

    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int LONGEST_NAME = 14;

    private final InspectPlan plan;
    private final Learned network;
    private final Map<String, Object> facts;
    private final List<String> classNames;
    private final Optional<Dataset> data;
    private final List<LookedAt> images;

    /**
     * A report to be made.
     *
     * @param facts what is looked at, by name; comes first in the files
     * @param data whose samples the top patches are searched in
     * @param images to look at one by one
     */
    public InspectReport(InspectPlan plan, Learned network, Map<String, Object> facts, List<String> classNames, Optional<Dataset> data,
            List<LookedAt> images) {
        this.plan = plan;
        this.network = network;
        this.facts = new LinkedHashMap<>(facts);
        this.classNames = List.copyOf(classNames);
        this.data = data;
        this.images = List.copyOf(images);
    }

    /** Looks at both networks and writes all files; gives the page's path. */
    public Path write(Backend backend, Path folder, InspectListener listener) throws IOException {
        Files.createDirectories(folder);
        Map<String, List<String>> notes = notes();
        Findings trained = look(backend, network, folder, TRAINED, listener);
        Findings random = look(backend, network.reinitialised(plan.seed()), folder, RANDOM, listener);
        Map<String, Object> json = new LinkedHashMap<>(facts);
        json.put("layers", layers());
        json.put("notes", notes);
        json.put(TRAINED, trained.numbers());
        json.put(RANDOM, random.numbers());
        AtomicFiles.writeString(folder.resolve(JSON), MAPPER.writeValueAsString(json) + "\n");
        Path page = folder.resolve(PAGE);
        AtomicFiles.writeString(page, InspectPage.html(facts, plan, notes, trained, random));
        return page;
    }

    private Findings look(Backend backend, Learned at, Path folder, String name, InspectListener listener) throws IOException {
        Findings findings = new Findings(folder, name);
        InspectListener told = (stage, done, total) -> listener.onProgress(name + " network, " + stage, done, total);
        try (Loaded loaded = new Loaded(backend, at)) {
            if (plan.has(InspectMethod.FILTERS)) {
                filters(findings, at);
            }
            if (plan.has(InspectMethod.PATCHES) && data.isPresent() && !plan.layers().isEmpty()) {
                new PatchReport(plan, loaded, data.get(), classNames, told).add(findings);
            }
            ImageReport report = new ImageReport(plan, loaded, classNames, told);
            for (int i = 0; i < images.size(); i++) {
                report.add(findings, images.get(i), i + 1);
            }
        }
        return findings;
    }

    private void filters(Findings findings, Learned at) throws IOException {
        Map<String, Tensor> filters = at.filters();
        int number = 0;
        for (String layer : plan.layers()) {
            number++;
            if (filters.containsKey(layer)) {
                findings.add("Filters", layer, "filters-" + number + "-" + file(layer), FilterPicture.of(filters.get(layer)));
            }
        }
    }

    private List<Map<String, Object>> layers() {
        ImageLayers all = network.layers();
        return plan.layers().stream().map(name -> {
            ImageLayer layer = all.find("inspect", name);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", name);
            json.put("op", layer.op());
            json.put("shape", List.of(layer.maps(), layer.height(), layer.width()));
            json.put("field_height", layer.rows());
            json.put("field_width", layer.columns());
            return json;
        }).toList();
    }

    /** What is outside of the papers, by method and layer. */
    private Map<String, List<String>> notes() {
        Map<String, List<String>> notes = new LinkedHashMap<>();
        for (String layer : plan.layers()) {
            if (plan.has(InspectMethod.DECONVNET)) {
                notes.put("deconvnet of " + layer, Signals.notes(network, layer, ReluRule.DECONVNET));
            }
            if (plan.has(InspectMethod.GUIDED)) {
                notes.put("guided of " + layer, Signals.notes(network, layer, ReluRule.GUIDED));
            }
        }
        notes.values().removeIf(List::isEmpty);
        return notes;
    }

    /** A layer's name as a part of a file's. */
    static String file(String layer) {
        return layer.replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /** A class's name for a caption. */
    static String shortened(String name) {
        return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME - 1) + "…";
    }

    @SuppressWarnings("unchecked")
    static List<Object> list(Map<String, Object> numbers, String name) {
        return (List<Object>) numbers.computeIfAbsent(name, _ -> new ArrayList<>());
    }
}
