package dev.lamina.samples.cli;

import dev.lamina.backend.Availability;
import dev.lamina.backend.Backend;
import dev.lamina.backend.BackendProvider;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.CompileOptions.Precision;
import dev.lamina.check.fault.Fault;
import dev.lamina.check.Side;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sides of a check, opened.
 *
 * @param sides in the order asked for
 * @param absent backends that do not take part though nobody named any, with the reason
 * @param judge is left open
 */
record CheckSides(List<Side> sides, Map<String, String> absent, Backend judge) implements AutoCloseable {
    /** The backend that judges. */
    static final String REFERENCE = "reference";

    /**
     * Opens backends. The reference beside others is the judge itself, which saves judging it; alone, or with a fault, it is judged.
     *
     * @param names those asked for; null for the reference and all others that are available
     * @param options how they compile; the reference computes in float32 where bfloat16 is asked for, which it has not
     * @param fault what to plant, as {@code NODE:KIND[@BACKEND]}, or null
     * @param judge the reference, which the caller closes
     */
    static CheckSides open(List<String> names, CompileOptions options, String fault, Backend judge) {
        Map<String, String> absent = new LinkedHashMap<>();
        List<String> wanted = names == null ? available(absent) : names;
        if (wanted.stream().distinct().count() < wanted.size()) {
            throw new IllegalArgumentException("check: --backends " + String.join(",", wanted) + " names one twice; each can be one side.");
        }
        Planted planted = fault == null ? null : Planted.parse(fault, wanted);
        List<Side> sides = new ArrayList<>();
        CheckSides opened = new CheckSides(sides, absent, judge);
        try {
            for (String name : wanted) {
                Backend backend = name.equals(REFERENCE) && wanted.size() > 1 ? judge : Backends.open(name);
                CompileOptions own = name.equals(REFERENCE) && options.precision() == Precision.BFLOAT16
                        ? options.withPrecision(Precision.FLOAT32) : options;
                Side side = Side.of(name, backend, own);
                sides.add(planted != null && planted.side.equals(name) ? side.with(planted.fault) : side);
            }
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static List<String> available(Map<String, String> absent) {
        List<String> names = new ArrayList<>(List.of(REFERENCE));
        for (BackendProvider provider : Backends.providers().reversed()) {
            Availability availability = provider.probe();
            if (provider.name().equals(REFERENCE)) {
                continue;
            }
            if (availability.available()) {
                names.add(provider.name());
            } else {
                absent.put(provider.name(), availability.detail());
            }
        }
        return names;
    }

    /** A fault and the side that it is planted on. */
    private record Planted(Fault fault, String side) {
        static Planted parse(String text, List<String> sides) {
            int at = text.lastIndexOf('@');
            if (at < text.lastIndexOf(':')) {
                return new Planted(Fault.parse(text), sides.getLast());
            }
            String side = text.substring(at + 1);
            if (!sides.contains(side)) {
                throw new IllegalArgumentException("check: --inject " + text + " names backend \"" + side
                        + "\", which is none of the sides " + String.join(", ", sides) + ".");
            }
            return new Planted(Fault.parse(text.substring(0, at)), side);
        }
    }

    @Override
    public void close() {
        sides.reversed().stream().map(Side::backend).filter(backend -> backend != judge).forEach(Backend::close);
    }
}
