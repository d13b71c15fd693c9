package dev.lamina.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lamina.nn.Model;
import dev.lamina.nn.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How a run goes on from weights that are there. Immutable and thread-safe.
 *
 * @param from where the weights come from, for people; empty for random ones
 * @param freeze patterns of names of parameters that training leaves as they are; {@code *} stands for any text, dots included. Frozen
 *         parameters get neither gradient nor update; a batch norm whose scale and shift are frozen uses its running statistics
 * @param newHead whether the head starts anew: the layer that the model's last parameter belongs to
 * @param headRate multiple of the learning rate for the head
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record FineTuning(String from, List<String> freeze, boolean newHead, double headRate) {
    /** Random weights, all of which are trained. */
    public static final FineTuning NONE = new FineTuning("", List.of(), false, 1);

    /**
     * Checked settings.
     *
     * @throws IllegalArgumentException if the rate is out of range, or there is a new head but nothing else to start from
     */
    public FineTuning {
        from = from == null ? "" : from;
        freeze = freeze == null ? List.of() : List.copyOf(freeze);
        TrainConfig.require(headRate > 0 && Double.isFinite(headRate), "headRate = " + headRate + ", needs a finite number > 0.");
        TrainConfig.require(!newHead || !from.isEmpty(), "newHead without weights to start from. Give a run or a file of weights.");
        TrainConfig.require(freeze.stream().noneMatch(String::isBlank), "freeze has an empty pattern. Give names, e.g. conv*.");
    }

    /** Whether a parameter of a name is frozen. */
    public Predicate<String> frozen() {
        List<Pattern> patterns = freeze.stream().map(FineTuning::pattern).toList();
        return name -> patterns.stream().anyMatch(p -> p.matcher(name).matches());
    }

    private static Pattern pattern(String glob) {
        return Pattern.compile(glob.strip().codePoints().mapToObj(c -> c == '*' ? ".*" : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining()));
    }

    /**
     * Checks the patterns against a model.
     *
     * @throws IllegalArgumentException if one of them fits no parameter, or nothing is left to train
     */
    void check(Model model) {
        if (freeze.isEmpty()) {
            return;
        }
        List<String> names = model.parameters().entries().stream().filter(Parameters.Entry::trainable).map(Parameters.Entry::name).toList();
        for (String glob : freeze) {
            if (names.stream().noneMatch(pattern(glob).asMatchPredicate())) {
                throw new IllegalArgumentException("freeze: \"" + glob + "\" fits no parameter; there are "
                        + String.join(", ", names) + ".");
            }
        }
        if (names.stream().allMatch(frozen())) {
            throw new IllegalArgumentException("freeze: " + String.join(",", freeze) + " fits all " + names.size()
                    + " parameters, nothing is left to train. Leave at least the head free.");
        }
    }

    /** What the names of the head's parameters start with; the last parameter's name where names have no dots, as in some ONNX files. */
    static String head(Parameters parameters) {
        String last = parameters.names().getLast();
        return last.indexOf('.') < 0 ? last : last.substring(0, last.lastIndexOf('.') + 1);
    }

    Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("from", from);
        settings.put("freeze", freeze);
        settings.put("newHead", newHead);
        settings.put("headRate", headRate);
        return settings;
    }
}
