package dev.lamina.samples.cli;

import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.check.Subject;
import java.util.Map;

/**
 * What a check is of.
 *
 * @param subject the graph with its variables and inputs
 * @param steps how many runs
 * @param precision unless the user wants another
 * @param settings what it was made of, by name, for people
 */
record CheckPlan(Subject subject, int steps, Precision precision, Map<String, String> settings) {
}
