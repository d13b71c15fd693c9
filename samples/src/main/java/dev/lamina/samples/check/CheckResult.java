package dev.lamina.samples.check;

import dev.lamina.check.BisectReport;
import dev.lamina.check.CheckReport;
import dev.lamina.check.RepeatReport;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that {@code lamina check} found, for those who write it down.
 *
 * @param report the check
 * @param repeats determinism audits, one a side that was run again; may be empty
 * @param bisects one for each side that failed and was bisected; may be empty
 * @param settings what was checked under which settings, by name, in the order shown
 * @param versions of what took part, by name
 * @param absent backends that could not take part or were not asked to, with the reason
 */
public record CheckResult(CheckReport report, List<RepeatReport> repeats, List<BisectReport> bisects, Map<String, String> settings,
        Map<String, String> versions, Map<String, String> absent) {
    /** Copies are kept. */
    public CheckResult {
        repeats = List.copyOf(repeats);
        bisects = List.copyOf(bisects);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        versions = Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        absent = Collections.unmodifiableMap(new LinkedHashMap<>(absent));
    }

    /** A check alone. */
    public static CheckResult of(CheckReport report) {
        return new CheckResult(report, List.of(), List.of(), Map.of(), Map.of(), Map.of());
    }

    /** Whether no node failed, no side drifted too far, and all runs of each audit gave equal bits. */
    public boolean agrees() {
        return report.agrees() && repeats.stream().allMatch(RepeatReport::agrees);
    }
}
