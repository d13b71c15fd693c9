package dev.lamina.cpu.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cores are counted from folders like Linux's. */
final class ProcessorsTest {
    @TempDir
    private Path temp;

    /** As many sockets, cores and threads as given; the second threads are numbered after all first ones, as on most machines. */
    private void machine(int sockets, int cores, int threads, boolean lists) throws IOException {
        int all = sockets * cores;
        for (int cpu = 0; cpu < all * threads; cpu++) {
            Path folder = Files.createDirectories(temp.resolve("cpu" + cpu).resolve("topology"));
            int core = cpu % all;
            Files.writeString(folder.resolve("core_id"), core % cores + "\n");
            Files.writeString(folder.resolve("physical_package_id"), core / cores + "\n");
            if (lists) {
                Files.writeString(folder.resolve("core_cpus_list"), threads == 1 ? core + "\n" : core + "," + (core + all) + "\n");
            }
        }
    }

    private int physical(String allowed, int available) throws IOException {
        String text = "Name:\tjava\nCpus_allowed:\tff\nCpus_allowed_list:\t" + allowed + "\nThreads:\t9\n";
        Path status = Files.writeString(temp.resolve("status"), text);
        return Processors.physical(temp, status, available);
    }

    @Test
    void threadsOfOneCoreCountOnce() throws IOException {
        machine(2, 4, 2, true);
        assertEquals(8, physical("0-15", 16));
        assertEquals(4, physical("0-3,8-11", 8));
        assertEquals(1, physical("3,11", 2));
        assertEquals(2, physical("7-8", 2));
    }

    @Test
    void coresOfTwoSocketsWithTheSameNumberAreTwo() throws IOException {
        machine(2, 4, 2, false);
        assertEquals(8, physical("0-15", 16));
        assertEquals(2, physical("0,4", 2));
    }

    @Test
    void theQuotaOfAContainerIsAnUpperBound() throws IOException {
        machine(1, 8, 2, true);
        assertEquals(3, physical("0-15", 3));
        assertEquals(1, physical("0-15", 1));
    }

    @Test
    void whereTheSystemDoesNotTellAllAvailableProcessorsCount() throws IOException {
        assertEquals(6, physical("0-5", 6));
        machine(1, 2, 1, true);
        assertEquals(5, physical("nonsense", 5));
        assertEquals(5, Processors.physical(temp, temp.resolve("missing"), 5));
        assertEquals(5, Processors.physical(temp, Files.writeString(temp.resolve("empty"), "Name:\tjava\n"), 5));
    }

    @Test
    void thisMachineHasACore() {
        int cores = Processors.physical();
        assertTrue(cores >= 1 && cores <= Runtime.getRuntime().availableProcessors());
    }
}
