package dev.lamina.junit;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendException;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Device;
import dev.lamina.backend.DeviceOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Graph;
import dev.lamina.graph.Node;
import dev.lamina.graph.Value;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Backends that only tell when they are opened and closed, and a class loader that finds them. */
public final class FakeBackends {
    /** What happened, in order, e.g. {@code open fast}. */
    static final List<String> LOG = new ArrayList<>();

    private FakeBackends() { }

    /** A class loader under which these providers are found, and no others. */
    static URLClassLoader loader(Path dir, List<Class<? extends BackendProvider>> providers) throws IOException {
        Path services = Files.createDirectories(dir.resolve("META-INF/services"));
        Files.writeString(services.resolve(BackendProvider.class.getName()),
                providers.stream().map(Class::getName).collect(Collectors.joining("\n")));
        return new URLClassLoader(new URL[] {dir.toUri().toURL()}, FakeBackends.class.getClassLoader());
    }

    /** Available. */
    public static final class Fast implements BackendProvider {
        @Override
        public String name() {
            return "fast";
        }

        @Override
        public int priority() {
            return 2;
        }

        @Override
        public Availability probe() {
            return Availability.yes("a fake");
        }

        @Override
        public Backend open(DeviceOptions options) {
            return new Opened(name());
        }
    }

    /** Opens by its name only. */
    public static final class Emulated implements BackendProvider {
        @Override
        public String name() {
            return "emulated";
        }

        @Override
        public int priority() {
            return 1;
        }

        @Override
        public Availability probe() {
            return Availability.onlyByName("test equipment");
        }

        @Override
        public Backend open(DeviceOptions options) {
            return new Opened(name());
        }
    }

    /** Not available. */
    public static final class Absent implements BackendProvider {
        @Override
        public String name() {
            return "absent";
        }

        @Override
        public int priority() {
            return 3;
        }

        @Override
        public Availability probe() {
            return Availability.no("no driver is installed");
        }

        @Override
        public Backend open(DeviceOptions options) {
            throw new BackendException("not reached", "");
        }
    }

    private record Opened(String name) implements Backend {
        Opened {
            LOG.add("open " + name);
        }

        @Override
        public Device device() {
            return new Device("a fake", 0, 0, true);
        }

        @Override
        public Optional<String> unsupported(Node node) {
            return Optional.of("it is a fake");
        }

        @Override
        public Executable compile(Graph graph, CompileOptions options) {
            throw new BackendException("it is a fake", "");
        }

        @Override
        public State createState(List<Value> variables) {
            throw new BackendException("it is a fake", "");
        }

        @Override
        public void close() {
            LOG.add("close " + name);
        }
    }
}
