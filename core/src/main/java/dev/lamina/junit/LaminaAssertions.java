package dev.lamina.junit;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.check.CheckReport;
import dev.lamina.check.CrossCheck;
import dev.lamina.check.Explanation;
import dev.lamina.check.Side;
import dev.lamina.check.Subject;
import dev.lamina.graph.Graph;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * Assertions that backends agree, node by node, within tolerances derived from types and lengths of sums; see {@link CrossCheck}. Needs the
 * {@code reference} backend (artifact {@code lamina-cpu-backend}), which judges. Stateless.
 */
public final class LaminaAssertions {
    private static final String REFERENCE = "reference";

    private LaminaAssertions() { }

    /**
     * Asserts that all available backends compute what the reference computes, at every node of a graph.
     *
     * <p>The test is aborted if no other backend than the reference is available. It fails if one that the system property
     * {@code lamina.require} or the variable {@code LAMINA_REQUIRE} names is not.
     *
     * @param graph without variables, or with such as may start as zeros
     * @param inputs a tensor for each input, by name
     * @return the report, with the errors of all nodes
     * @throws AssertionFailedError if a node fails; the message names side, node, op, position, both values and the tolerance
     */
    public static CheckReport assertAgrees(Graph graph, Map<String, Tensor> inputs) {
        return assertAgrees(graph, Map.of(), inputs);
    }

    /** Like {@link #assertAgrees(Graph, Map)}, with values of variables by name; those that are missing start as zeros. */
    public static CheckReport assertAgrees(Graph graph, Map<String, Tensor> variables, Map<String, Tensor> inputs) {
        return assertAgrees(graph, variables, inputs, CompileOptions.defaults());
    }

    /** Like {@link #assertAgrees(Graph, Map, Map)}, compiled under options on every backend but the reference. */
    public static CheckReport assertAgrees(Graph graph, Map<String, Tensor> variables, Map<String, Tensor> inputs,
            CompileOptions options) {
        return assertAgrees(Subject.of("graph", graph, variables, inputs), options, 1);
    }

    /** Like {@link #assertAgrees(Graph, Map, Map, CompileOptions)}, over several runs, each from the state that the one before left. */
    public static CheckReport assertAgrees(Subject subject, CompileOptions options, int steps) {
        Set<String> required = Candidate.required(Optional.ofNullable(System.getProperty(Candidate.REQUIRE)));
        List<Candidate> candidates = Candidate.all(required);
        candidates.stream().filter(c -> required.contains(c.name()) && !c.opens()).findFirst().ifPresent(c -> {
            throw new AssertionFailedError(c.failure());
        });
        List<Candidate> others = candidates.stream().filter(c -> !c.name().equals(REFERENCE)).toList();
        if (others.stream().noneMatch(Candidate::opens)) {
            throw new TestAbortedException("assertAgrees: there is no backend beside the reference: " + (others.isEmpty()
                    ? "none is on the class path." : String.join("; ", others.stream().map(Candidate::reason).toList())));
        }
        List<Backend> opened = new ArrayList<>();
        try {
            List<Side> sides = new ArrayList<>();
            opened.add(Backends.open(REFERENCE));
            sides.add(Side.of(opened.getFirst()));
            for (Candidate candidate : others.stream().filter(Candidate::opens).toList()) {
                opened.add(candidate.open());
                sides.add(Side.of(candidate.name(), opened.getLast(), options));
            }
            return assertAgrees(opened.getFirst(), subject, sides, steps);
        } finally {
            opened.reversed().forEach(Backend::close);
        }
    }

    /** Asserts that one backend, e.g. that of a {@link BackendTest}, computes what the reference computes, at every node of a graph. */
    public static CheckReport assertAgrees(Backend backend, Graph graph, Map<String, Tensor> variables, Map<String, Tensor> inputs) {
        return assertAgrees(Subject.of("graph", graph, variables, inputs), List.of(Side.of(backend)), 1);
    }

    /**
     * Asserts that sides of the caller's choice compute what the reference computes.
     *
     * @param sides at least one
     * @param steps how many runs, each from the state that the one before left
     */
    public static CheckReport assertAgrees(Subject subject, List<Side> sides, int steps) {
        try (Backend judge = Backends.open(REFERENCE)) {
            return assertAgrees(judge, subject, sides, steps);
        }
    }

    private static CheckReport assertAgrees(Backend judge, Subject subject, List<Side> sides, int steps) {
        CheckReport report = CrossCheck.against(judge).steps(steps).check(subject, sides);
        if (!report.agrees()) {
            throw new AssertionFailedError(message(report));
        }
        return report;
    }

    private static String message(CheckReport report) {
        List<String> lines = new ArrayList<>();
        report.sides().forEach(side -> side.firstDivergent().ifPresent(node -> lines.add(Explanation.of(side, node))));
        report.drift().ifPresent(drift -> drift.rows().stream().filter(row -> !(row.apart() <= row.allowed())).findFirst()
                .ifPresent(row -> lines.add(Explanation.of(row))));
        return report.subject() + " does not agree with the reference. " + String.join(System.lineSeparator(), lines);
    }
}
