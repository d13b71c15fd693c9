package dev.lamina.samples.cli;

import dev.lamina.train.TrainingRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The option that gives other options their values. */
final class RecipeOption {
    /** Under which a run's settings hold the recipe's name. */
    static final String SETTING = "recipe";
    private static final String NAME = "--recipe";

    @Option(names = NAME, paramLabel = "NAME",
            description = "published settings under a name, `lamina recipes` lists them; every option that is given wins over it")
    private String name;

    /**
     * Gives options that were not given the values of the recipe, by parsing the command line again; options of the recipe's model only to
     * that. Nothing without a recipe.
     *
     * @return settings of the recipe for which the command has no option, with the recipe's name
     */
    Map<String, String> apply(CommandLine line) {
        if (name == null) {
            return Map.of();
        }
        TrainingRecipe recipe = TrainingRecipe.named(name);
        Map<String, String> left = new TreeMap<>(Map.of(SETTING, name));
        List<String> arguments = new ArrayList<>();
        List<OptionSpec> given = line.getParseResult().matchedOptions();
        boolean otherModel = given.contains(line.getCommandSpec().findOption("--model"));
        recipe.options().forEach((option, value) -> {
            OptionSpec known = line.getCommandSpec().findOption("--" + option);
            if (otherModel && option.equals("model-option")) {
                return;
            }
            if (known == null) {
                left.put(option, value);
            } else if (!given.contains(known)) {
                arguments.add(known.longestName() + "=" + value);
            }
        });
        for (OptionSpec option : given) {
            List<String> values = option.originalStringValues();
            values.forEach(value -> arguments.add(option.longestName() + "=" + value));
            if (values.isEmpty()) {
                arguments.add(option.longestName());
            }
        }
        line.parseArgs(arguments.toArray(String[]::new));
        return left;
    }

    /** What a user must know of settings that were left over. */
    static List<String> warnings(Map<String, String> left) {
        return left.entrySet().stream().filter(e -> !e.getKey().equals(SETTING))
                .map(e -> "recipe " + left.get(SETTING) + ": " + e.getKey() + " " + e.getValue() + " is not applied, train has no option --"
                        + e.getKey() + ".").toList();
    }
}
