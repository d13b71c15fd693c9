package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.cpu.vector.Team;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Teams on the OpenMP runtime and on threads of Java's own allocate nothing on the Java heap. */
@Tag("allocation")
class TeamAllocationTest {
    private static final HeapUse HEAP = new HeapUse();
    private static final int RUNS = 10;
    private static final int ROUNDS = 2_000;

    @BeforeAll
    static void assume() {
        OneDnn.assumeAvailable();
    }

    @ParameterizedTest
    @CsvSource({"omp,1", "omp,2", "omp,3", "java,1", "java,2", "java,3"})
    void runsAllocateNothing(String kind, int threads) {
        AtomicInteger done = new AtomicInteger();
        int[] rounds = {0};
        Team.Task task = (_, _) -> done.incrementAndGet();
        try (CpuTeam team = OmpTeamTest.team(kind, threads)) {
            team.run(task);
            long least = HEAP.least(ROUNDS, () -> {
                rounds[0]++;
                for (int i = 0; i < RUNS; i++) {
                    team.run(task);
                }
            });
            assertEquals(0, least, "bytes that all threads allocate in " + RUNS + " runs, the least of " + rounds[0] + " rounds");
            assertEquals(threads * (1 + RUNS * rounds[0]), done.get(), "shares done");
        }
    }
}
