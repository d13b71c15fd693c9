package dev.lamina.cpu.natives;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Counts the physical cores: two threads that share a core share its arithmetic units, so a second one per core only adds waiting. */
public final class Processors {
    private static final Path TOPOLOGY = Path.of("/sys/devices/system/cpu");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String AFFINITY = "Cpus_allowed_list:";

    private Processors() { }

    /**
     * Physical cores that this process may use, at least 1: on Linux those of the processors it may run on, at most what a container's
     * quota allows; elsewhere, or where the system does not tell, {@link Runtime#availableProcessors()}.
     */
    public static int physical() {
        return physical(TOPOLOGY, STATUS, Runtime.getRuntime().availableProcessors());
    }

    static int physical(Path topology, Path status, int available) {
        try {
            Set<String> cores = new HashSet<>();
            BitSet allowed = affinity(status);
            for (int cpu = allowed.nextSetBit(0); cpu >= 0; cpu = allowed.nextSetBit(cpu + 1)) {
                core(topology.resolve("cpu" + cpu).resolve("topology")).ifPresent(cores::add);
            }
            return cores.isEmpty() ? available : Math.min(cores.size(), available);
        } catch (IOException | NumberFormatException e) {
            return available;
        }
    }

    /** The core's name: the list of the processors on it, or package and core number on kernels without that list. */
    private static Optional<String> core(Path folder) throws IOException {
        for (String name : new String[] {"core_cpus_list", "thread_siblings_list"}) {
            if (Files.isReadable(folder.resolve(name))) {
                return Optional.of(Files.readString(folder.resolve(name)).strip());
            }
        }
        Path core = folder.resolve("core_id");
        Path socket = folder.resolve("physical_package_id");
        return Files.isReadable(core) && Files.isReadable(socket)
                ? Optional.of(Files.readString(socket).strip() + "/" + Files.readString(core).strip()) : Optional.empty();
    }

    private static BitSet affinity(Path status) throws IOException {
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith(AFFINITY)) {
                return list(line.substring(AFFINITY.length()).strip());
            }
        }
        return new BitSet();
    }

    /** A list such as 0-3,8,10-11. */
    private static BitSet list(String text) {
        BitSet set = new BitSet();
        for (String range : text.split(",")) {
            String[] ends = range.split("-");
            set.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
        }
        return set;
    }
}
