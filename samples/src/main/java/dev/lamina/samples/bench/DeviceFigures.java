package dev.lamina.samples.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lamina.backend.Executable;
import dev.lamina.backend.Profiled;
import dev.lamina.backend.Profiled.StepTime;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code bench gpu} measures beside the speed.
 *
 * @param clock by which steps were timed: {@code device events} or {@code wall clock}
 * @param copyPeak bytes read and written a second by a large copy on the same device
 * @param bytesPerStep size of all memory that the implementations of a step read or write; 0 if the device does not tell
 * @param arenaBytes memory of the executable for values
 * @param groups milliseconds of a step by {@link KernelGroup}, each implementation timed by itself; empty if the device does not tell
 */
record DeviceFigures(@JsonProperty("clock") String clock, @JsonProperty("copy") double copyPeak,
        @JsonProperty("bytes") long bytesPerStep, @JsonProperty("arena") long arenaBytes,
        @JsonProperty("groups") Map<String, Double> groups) {
    private static final int PROFILES = 5;

    /** Copies the map, order kept. */
    DeviceFigures {
        groups = Collections.unmodifiableMap(new LinkedHashMap<>(groups));
    }

    /** Profiles an executable that has run with this state. */
    static DeviceFigures of(Executable executable, State state, Graph graph, String clock, double copyPeak) {
        long arena = executable.memoryPlan().bytes();
        Optional<Profiled> profiled = executable.profiled();
        if (profiled.isEmpty()) {
            return new DeviceFigures(clock, copyPeak, 0, arena, Map.of());
        }
        List<List<StepTime>> profiles = new ArrayList<>();
        for (int i = 0; i < PROFILES; i++) {
            profiles.add(profiled.get().profile(state));
        }
        long bytes = profiles.getFirst().stream().mapToLong(StepTime::bytes).sum();
        return new DeviceFigures(clock, copyPeak, bytes, arena, groups(profiles, KernelGroup.of(graph)));
    }

    /** The medians of the profiles. */
    private static Map<String, Double> groups(List<List<StepTime>> profiles, KernelGroup.Finder finder) {
        Map<KernelGroup, Double> medians = new EnumMap<>(KernelGroup.class);
        List<StepTime> first = profiles.getFirst();
        for (int i = 0; i < first.size(); i++) {
            int step = i;
            double median = Statistics.median(profiles.stream().mapToDouble(p -> p.get(step).milliseconds()).toArray());
            medians.merge(finder.of(first.get(i).nodes()), median, Double::sum);
        }
        Map<String, Double> named = new LinkedHashMap<>();
        medians.forEach((group, milliseconds) -> named.put(group.name().toLowerCase(Locale.ROOT), milliseconds));
        return named;
    }
}
