package dev.lamina.samples.compare;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.lamina.backend.Backend;
import dev.lamina.data.Split;
import dev.lamina.io.AtomicFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs methods one after the other, prints a table as results come, and writes JSON and page after each. One thread at a time. */
public final class Comparison {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String LINE = "%-5s %-16s %-8s %8s %9s %10s %8s %9s %9s  %s%n";

    private final Backend backend;
    private final Split split;
    private final Plan plan;
    private final PrintWriter out;
    private final List<Result> results = new ArrayList<>();
    private final long start = System.nanoTime();

    /**
     * What is compared.
     *
     * @param data name of the data set
     * @param judge what the accuracies are measured on, for people
     * @param methods in order
     * @param epochs passes over the training vectors, for each method
     * @param seed of everything
     * @param json file for programs; null for none
     * @param html page for people; null for none
     */
    public record Plan(String data, String judge, List<Method> methods, int epochs, long seed, Path json, Path html) {
        /** Checks the epochs. */
        public Plan {
            methods = List.copyOf(methods);
            if (epochs < 1) {
                throw new IllegalArgumentException("compare-features: epochs = " + epochs + ", needs >= 1.");
            }
        }
    }

    /** A comparison that prints to {@code out}. */
    public Comparison(Backend backend, Split split, Plan plan, PrintWriter out) {
        this.backend = backend;
        this.split = split;
        this.plan = plan;
        this.out = out;
    }

    /** Runs all methods. */
    public List<Result> run() throws IOException {
        out.println(budget());
        plan.methods.stream().map(m -> m.head().text() + ": " + m.recipe().text(split.train().size())).distinct().forEach(out::println);
        out.printf(LINE, "", "features", "model", "accuracy", "features", "parameters", "fit s", "vectors s", "train s", "");
        out.flush();
        MethodRun run = new MethodRun(backend, split, plan.epochs, plan.seed, this::tell);
        for (Method method : plan.methods) {
            Result result = run.run(method);
            results.add(result);
            print(result);
            write();
        }
        out.printf(Locale.ROOT, "%.0f s in all%n", seconds());
        out.flush();
        return List.copyOf(results);
    }

    /** What all methods have in common. */
    String budget() {
        return plan.data + ", " + split.train().size() + " training samples, accuracy on " + split.test().size() + " " + plan.judge
                + "; " + Recipe.common(plan.epochs) + ", seed " + plan.seed;
    }

    private void tell(String what) {
        out.printf("      %s%s%n", what, left());
        out.flush();
    }

    private void print(Result r) {
        out.printf(LINE, results.size() + "/" + plan.methods.size(), r.name(), r.head(), percent(r.accuracy()), r.featureCount(),
                r.parameters(), number(r.fitSeconds()), number(r.transformSeconds()), number(r.trainSeconds()),
                left().replaceFirst("^, ", ""));
        out.flush();
    }

    /** Until a method is done nothing is known; then what is left is scaled by what was done so far. Nothing once that is used up. */
    private String left() {
        double all = plan.methods.stream().mapToDouble(Method::weight).sum();
        double done = plan.methods.subList(0, results.size()).stream().mapToDouble(Method::weight).sum();
        if (done == 0 || done == all) {
            return "";
        }
        double spent = results.stream().mapToDouble(Result::seconds).sum();
        double left = (all - done) * spent / done - (seconds() - spent);
        return left < 1 ? "" : String.format(Locale.ROOT, ", about %.0f s left", left);
    }

    private double seconds() {
        return (System.nanoTime() - start) * 1e-9;
    }

    private void write() throws IOException {
        if (plan.json != null) {
            AtomicFiles.writeString(plan.json, JSON.writeValueAsString(summary()) + "\n");
        }
        if (plan.html != null) {
            AtomicFiles.writeString(plan.html, new ComparisonPage("Hand-made and learnt features on " + plan.data, budget()
                    + "; " + backend.name() + ", " + backend.device().name()).of(results));
        }
    }

    private Map<String, Object> summary() {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("backend", backend.name());
        all.put("device", backend.device().name());
        all.put("data", plan.data);
        all.put("train_samples", split.train().size());
        all.put("test_samples", split.test().size());
        all.put("judged_by", plan.judge);
        all.put("epochs", plan.epochs);
        all.put("budget", Recipe.common(plan.epochs));
        all.put("seed", plan.seed);
        all.put("results", results);
        return all;
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    static String number(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }
}
