package dev.lamina.cpu.onednn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lamina.backend.CompileOptions;
import dev.lamina.cpu.vector.Team;
import dev.lamina.graph.Graph;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Teams on the OpenMP runtime and on threads of Java's own: every share is done once, failures come back. */
class OmpTeamTest {
    private static final int MOST = 8;

    @BeforeAll
    static void assume() {
        OneDnn.assumeAvailable();
    }

    static CpuTeam team(String kind, int threads) {
        if (kind.equals("java")) {
            return new JavaTeam(threads);
        }
        CpuTeam team = CpuTeam.of(DnnlLibrary.load(), threads);
        assumeTrue(team instanceof OmpTeam, "the OpenMP runtime here offers no way in");
        return team;
    }

    private static int[] counts(Team team, int runs) {
        AtomicIntegerArray counts = new AtomicIntegerArray(MOST);
        AtomicInteger wrong = new AtomicInteger();
        Team.Task task = (thread, threads) -> {
            counts.incrementAndGet(thread);
            wrong.addAndGet(threads == team.threads() ? 0 : 1);
        };
        for (int i = 0; i < runs; i++) {
            team.run(task);
        }
        assertEquals(0, wrong.get(), "runs that were told another number of threads");
        int[] result = new int[MOST];
        for (int i = 0; i < MOST; i++) {
            result[i] = counts.get(i);
        }
        return result;
    }

    private static void everyNumberRan(int runs, int threads, int... counts) {
        int[] expected = new int[MOST];
        Arrays.fill(expected, 0, threads, runs);
        assertArrayEquals(expected, counts);
    }

    @ParameterizedTest
    @CsvSource({"omp,1", "omp,2", "omp,3", "java,1", "java,2", "java,3"})
    void everyThreadNumberRunsOnce(String kind, int threads) {
        try (CpuTeam team = team(kind, threads)) {
            assertEquals(threads, team.threads());
            team.enter();
            everyNumberRan(1, threads, counts(team, 1));
            everyNumberRan(100, threads, counts(team, 100));
        }
    }

    @ParameterizedTest
    @CsvSource({"omp,1", "omp,2", "omp,3", "java,1", "java,2", "java,3"})
    void aFailureOnAnyThreadComesBackAndTheTeamStaysUsable(String kind, int threads) {
        try (CpuTeam team = team(kind, threads)) {
            for (int failing = 0; failing < threads; failing++) {
                int number = failing;
                AtomicInteger others = new AtomicInteger();
                for (Throwable planned : List.of(new IllegalArgumentException("planned"), new AssertionError("planned"))) {
                    others.set(0);
                    Throwable seen = assertThrows(planned.getClass(), () -> team.run((thread, _) -> {
                        if (thread == number) {
                            raise(planned);
                        }
                        others.incrementAndGet();
                    }));
                    assertSame(planned, seen);
                    assertEquals(threads - 1, others.get(), "shares of other threads that were done");
                    everyNumberRan(1, threads, counts(team, 1));
                }
            }
        }
    }

    private static void raise(Throwable planned) {
        if (planned instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) planned;
    }

    @ParameterizedTest
    @CsvSource({"omp,2", "omp,3", "java,2", "java,3"})
    void anyThreadMayCall(String kind, int threads) throws InterruptedException {
        try (CpuTeam team = team(kind, threads)) {
            for (int caller = 0; caller < 5; caller++) {
                List<int[]> seen = new ArrayList<>();
                Thread thread = Thread.ofPlatform().start(() -> {
                    team.enter();
                    seen.add(counts(team, 50));
                });
                thread.join();
                everyNumberRan(50, threads, seen.getFirst());
            }
        }
    }

    /** A cancelled task's thread may come here with its interrupt flag set; the work is done and the flag is the caller's own. */
    @ParameterizedTest
    @CsvSource({"omp,2", "java,2", "java,3"})
    void anInterruptedCallerIsServed(String kind, int threads) {
        try (CpuTeam team = team(kind, threads)) {
            Thread.currentThread().interrupt();
            int[] counts = counts(team, 20);
            assertTrue(Thread.interrupted(), "the flag is still set");
            everyNumberRan(20, threads, counts);
            everyNumberRan(20, threads, counts(team, 20));
        }
    }

    @ParameterizedTest
    @CsvSource({"omp,2", "java,1", "java,3"})
    void closesTwice(String kind, int threads) {
        CpuTeam team = team(kind, threads);
        everyNumberRan(1, threads, counts(team, 1));
        team.close();
        team.close();
    }

    /** Long enough for several threads, with a result that tells if a share was left out. */
    private static Graph chain() {
        GraphBuilder g = new GraphBuilder();
        Value x = g.input("x", TensorType.of(DType.FLOAT32, 3, 50_000));
        g.output("y", Pointwise.square(x).plus(1).times(x));
        return g.build();
    }

    @Test
    void backendsOfDifferentWidthsAlternate() {
        Graph graph = chain();
        List<OneDnnBackend> backends = new ArrayList<>();
        try {
            for (int threads : new int[] {1, 3, 2}) {
                backends.add(OneDnn.open(threads));
            }
            float[] x = OneDnn.draw(graph.inputs()).get("x").toFloats();
            float[] expected = new float[x.length];
            for (int i = 0; i < x.length; i++) {
                expected[i] = (x[i] * x[i] + 1) * x[i];
            }
            for (int round = 0; round < 6; round++) {
                OneDnnBackend backend = backends.get(round % backends.size());
                Tensor y = OneDnn.run(backend, graph, CompileOptions.defaults(), 2).get("y");
                assertArrayEquals(expected, y.toFloats(), 0, backend.device().name());
            }
        } finally {
            backends.forEach(OneDnnBackend::close);
        }
    }

    /** A limit of the runtime below the team's width: it gives fewer threads than asked for, which must not lose shares. */
    @ParameterizedTest
    @CsvSource({"OMP_THREAD_LIMIT,1", "OMP_THREAD_LIMIT,2", "OMP_DYNAMIC,true"})
    void noShareIsLostWhereTheRuntimeGivesFewerThreads(String variable, String value) throws Exception {
        ChildJvm.Ended ended = ChildJvm.usual(Map.of(variable, value)).run(Shares.class);
        assertEquals(0, ended.code(), ended.output());
        assertTrue(ended.output().contains("all shares done"), ended.output());
    }

    /** Runs teams in a process of its own. */
    static final class Shares {
        private Shares() { }

        public static void main(String[] args) {
            for (int threads = 1; threads <= 4; threads++) {
                try (CpuTeam team = CpuTeam.of(DnnlLibrary.load(), threads)) {
                    team.enter();
                    everyNumberRan(100, threads, counts(team, 100));
                }
            }
            System.out.println("all shares done");
        }
    }
}
