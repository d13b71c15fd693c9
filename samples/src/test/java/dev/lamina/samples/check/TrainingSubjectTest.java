package dev.lamina.samples.check;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.check.Subject;
import dev.lamina.data.BatchLoader;
import dev.lamina.data.BatchOptions;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.data.Dataset;
import dev.lamina.data.Digits;
import dev.lamina.data.Split;
import dev.lamina.graph.Update;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.models.ModelOptions;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.BatchSource;
import dev.lamina.train.LossTerms;
import dev.lamina.train.StepRules;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.Trainer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is checked of a run against what training does. */
class TrainingSubjectTest {
    private static final List<Double> WEIGHTS = IntStream.range(0, 10).mapToObj(k -> 0.5 + k).toList();

    static Stream<StepRules> rules() {
        StepRules inside = StepRules.PLAIN.withMomentumForm(MomentumForm.RATE_INSIDE).withNoDecay(true).withBiasRate(2);
        return Stream.of(StepRules.PLAIN, inside, inside.withAccumulate(3), StepRules.PLAIN.withNonFinite(StepRules.NonFinite.SKIP));
    }

    private static Set<Update.Sgd> updates(Subject subject) {
        return subject.graph().nodes().stream().map(n -> n.op()).filter(Update.Sgd.class::isInstance).map(Update.Sgd.class::cast)
                .collect(Collectors.toSet());
    }

    /** One step, of as many batches as the rules say, from one start: weights and momenta agree bit for bit. */
    @ParameterizedTest
    @MethodSource("rules")
    void theStepIsThatOfTraining(StepRules rules) throws IOException {
        Dataset digits = Digits.split(3, 4 * rules.accumulate(), 4).train();
        Model model = Models.create("mlp", Shape.of(1, 28, 28), 10, ModelOptions.defaults().with("hidden", "6"));
        TrainConfig config = TrainConfig.builder("mlp", "digits").batchSize(4).seed(5).optimizer("momentum").rate(0.1).weightDecay(0.05)
                .labelSmoothing(0.1).clipNorm(0.5).rules(rules).build();
        ChannelStatistics statistics = ChannelStatistics.of(digits);
        Subject subject = new TrainingSubject(model, digits, statistics, config, new LossTerms(WEIGHTS, false), Map.of()).step();
        Map<String, Tensor> checked = new TreeMap<>();
        try (Backend backend = Backends.open("reference")) {
            try (State state = backend.createState(subject.graph().variables());
                    Executable step = backend.compile(subject.graph(), CompileOptions.defaults())) {
                subject.variables().forEach(state::set);
                step.run(state, subject.inputs().apply(0));
                state.variables().keySet().forEach(name -> checked.put(name, state.get(name)));
            }
            try (Trainer trainer = new Trainer(backend, model, new Split(digits, digits), config, config.makeOptimizer(),
                    config.makeSchedule(rules.accumulate()), List.of())) {
                trainer.batchSource(BatchSource.of(new BatchLoader(digits, BatchOptions.of(4)))).classWeights(WEIGHTS).fit();
                assertTrue(checked.keySet().containsAll(model.parameters().names()), checked.keySet().toString());
                for (String name : checked.keySet()) {
                    assertArrayEquals(trainer.state().get(name).toDoubles(), checked.get(name).toDoubles(), name);
                }
            }
        }
        assertTrue(checked.keySet().stream().anyMatch(name -> name.endsWith(".momentum")), checked.keySet().toString());
        Set<Double> decays = rules.noDecay() ? Set.of(0.0, 0.05) : Set.of(0.05);
        assertEquals(decays.stream().map(d -> new Update.Sgd(0.9, false, d, rules.momentumForm())).collect(Collectors.toSet()),
                updates(subject));
    }
}
