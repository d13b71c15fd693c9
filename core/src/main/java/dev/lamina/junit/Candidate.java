package dev.lamina.junit;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.Backends;
import dev.lamina.backend.DeviceOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A backend that tests are to run on, whether or not that is possible.
 *
 * @param name its name
 * @param provider opens it; empty if it is not on the class path
 * @param availability whether it can be opened
 */
record Candidate(String name, Optional<BackendProvider> provider, Availability availability) {
    /** The property, JUnit's configuration parameter and, in capitals, the environment variable that names required backends. */
    static final String REQUIRE = "lamina.require";

    private static final String VARIABLE = "LAMINA_REQUIRE";

    /** All backends on the class path by priority, then those that are required and not there. */
    static List<Candidate> all(Set<String> required) {
        List<Candidate> found = new ArrayList<>();
        Set<String> missing = new LinkedHashSet<>(required);
        for (BackendProvider provider : Backends.providers()) {
            missing.remove(provider.name());
            found.add(new Candidate(provider.name(), Optional.of(provider), provider.probe()));
        }
        String there = String.join(", ", found.stream().map(Candidate::name).toList());
        missing.forEach(name -> found.add(new Candidate(name, Optional.empty(),
                Availability.no("it is not on the class path, where there are only [" + there + "]; add its artifact"))));
        return found;
    }

    /** Names that a setting requires, e.g. {@code cuda,cpu}; what the environment says if there is none. */
    static Set<String> required(Optional<String> setting) {
        String text = setting.or(() -> Optional.ofNullable(System.getenv(VARIABLE))).orElse("");
        Set<String> names = new LinkedHashSet<>();
        Arrays.stream(text.split(",")).map(String::strip).filter(name -> !name.isEmpty()).forEach(names::add);
        return names;
    }

    /** Whether it can be opened by its name. */
    boolean opens() {
        return availability.byName();
    }

    Backend open() {
        return provider.orElseThrow().open(DeviceOptions.defaults());
    }

    /** {@code cuda is not available: } and the reason. */
    String reason() {
        return name + " is not available: " + availability.detail();
    }

    /** The message where it is required. */
    String failure() {
        return REQUIRE + " (or " + VARIABLE + ") requires backend \"" + name + "\", and " + reason();
    }
}
