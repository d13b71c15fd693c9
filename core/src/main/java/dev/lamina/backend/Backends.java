package dev.lamina.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds backends. {@code auto} takes the first that is available and says which, and why those before it were passed over. */
public final class Backends {
    /** The name that lets Lamina choose. */
    public static final String AUTO = "auto";

    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);

    private Backends() { }

    /**
     * What was opened and why.
     *
     * @param backend the backend, which the caller closes
     * @param passedOver one line for each backend of higher priority that was not available; empty unless the name was auto
     */
    public record Choice(Backend backend, List<String> passedOver) {
        /** Options that copy the list. */
        public Choice {
            passedOver = List.copyOf(passedOver);
        }
    }

    /** All providers on the class path, highest priority first. */
    public static List<BackendProvider> providers() {
        return ServiceLoader.load(BackendProvider.class).stream().map(ServiceLoader.Provider::get)
                .sorted(Comparator.comparingInt(BackendProvider::priority).reversed()).toList();
    }

    /**
     * Opens a backend by name.
     *
     * @throws BackendException if the name is unknown or the backend is not available: asking for one by name never gives another
     */
    public static Backend open(String name) {
        return choose(name, DeviceOptions.defaults()).backend();
    }

    /** Opens a backend by name and tells what was passed over. */
    public static Choice choose(String name, DeviceOptions options) {
        List<BackendProvider> providers = providers();
        List<String> passedOver = new ArrayList<>();
        for (BackendProvider provider : providers) {
            if (!name.equals(AUTO) && !name.equals(provider.name())) {
                continue;
            }
            Availability availability = provider.probe();
            if (name.equals(AUTO) ? availability.available() : availability.byName()) {
                passedOver.forEach(LOG::info);
                return new Choice(provider.open(options), passedOver);
            }
            if (!name.equals(AUTO)) {
                throw new BackendException("backend \"" + name + "\" is not available: " + availability.detail(), "");
            }
            passedOver.add(provider.name() + " passed over: " + availability.detail());
        }
        String known = String.join(", ", providers.stream().map(BackendProvider::name).toList());
        throw new BackendException(name.equals(AUTO) ? "no backend is available: " + String.join("; ", passedOver)
                : "backend \"" + name + "\" is unknown; known are auto, " + known + ".", "");
    }
}
