package dev.lamina.cuda.lowering;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Pass;
import dev.lamina.backend.fusion.Fusion;
import dev.lamina.backend.fusion.FusionRules;
import dev.lamina.backend.fusion.Group;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Update;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.graph.Update.Sgd;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class UpdateGroupsTest {
    private static final FusionRules NONE = new FusionRules(_ -> false, _ -> false, _ -> false, _ -> false, _ -> false, 1);
    private static final TensorType TYPE = TensorType.of(DType.FLOAT32, 3);

    private final GraphBuilder builder = new GraphBuilder();

    private Value variable(String name) {
        return builder.variable(name, TYPE, true);
    }

    private Value input(String name) {
        return builder.input(name, TYPE);
    }

    private Value sgd(Value variable, Value gradient, Value rate, double decay) {
        return Update.node(new Sgd(0, false, decay, MomentumForm.RATE_OUTSIDE), variable, gradient, rate).output(0);
    }

    private Value rate(String name) {
        return builder.variable(name, TensorType.of(DType.FLOAT32), false);
    }

    /** Groups of updates, each as the names of its variables. */
    private static List<String> groups(Graph graph, CompileOptions options) {
        return UpdateGroups.of(Fusion.groups(graph, options, NONE), options).stream()
                .filter(group -> group.nodes().getFirst().op() instanceof Update)
                .map(group -> (group instanceof Group.Updates ? "together " : "") + group.nodes().stream()
                        .map(node -> node.input(0).name()).collect(Collectors.joining("+"))).toList();
    }

    private List<String> groups() {
        return groups(builder.build(), CompileOptions.defaults());
    }

    @Test
    void equalUpdatesAreOneGroup() {
        Value rate = rate("rate");
        sgd(variable("a"), input("x"), rate, 0);
        sgd(variable("b"), input("y"), rate, 0);
        sgd(variable("c"), input("z"), rate, 0);
        assertEquals(List.of("together a+b+c"), groups());
    }

    @Test
    void otherAttributesAndRatesAreOtherGroups() {
        Value rate = rate("rate");
        sgd(variable("a"), input("x"), rate, 0);
        sgd(variable("b"), input("y"), rate, 0.5);
        sgd(variable("c"), input("z"), rate("other"), 0);
        sgd(variable("d"), input("u"), rate, 0);
        assertEquals(List.of("together a+d", "b", "c"), groups());
    }

    @Test
    void whatReadsANewValueComesAfter() {
        Value rate = rate("rate");
        Value a = sgd(variable("a"), input("x"), rate, 0);
        Update.ema(variable("average"), a, 0.5);
        sgd(variable("b"), a.plus(a), rate, 0);
        assertEquals(List.of("a", "average", "b"), groups());
    }

    @Test
    void anUpdateThatReadsAVariableComesBeforeItsUpdate() {
        Value b = variable("b");
        Update.assign(variable("a"), b);
        Update.assign(b, input("x"));
        Update.assign(variable("c"), input("y"));
        assertEquals(List.of("a", "together b+c"), groups());
    }

    @Test
    void withoutFusionEachIsByItself() {
        Value rate = rate("rate");
        sgd(variable("a"), input("x"), rate, 0);
        sgd(variable("b"), input("y"), rate, 0);
        assertEquals(List.of("a", "b"), groups(builder.build(), CompileOptions.defaults().without(Pass.FUSION)));
    }
}
