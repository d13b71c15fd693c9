package dev.lamina.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.ArenaPlanner.Block;
import dev.lamina.backend.ArenaPlanner.Plan;
import dev.lamina.data.ChannelStatistics;
import dev.lamina.graph.Graph;
import dev.lamina.models.Models;
import dev.lamina.nn.Model;
import dev.lamina.optim.Optimizer;
import dev.lamina.tensor.Shape;
import dev.lamina.train.GradientHook;
import dev.lamina.train.TrainConfig;
import dev.lamina.train.TrainingGraph;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Blocks in an arena. */
class ArenaPlannerTest {
    @Provide
    Arbitrary<List<Block>> blocks() {
        Arbitrary<Block> block = Combinators.combine(Arbitraries.longs().between(0, 1000), Arbitraries.integers().between(-2, 20),
                Arbitraries.integers().between(0, 12)).as((bytes, first, steps) -> new Block(bytes, first, first + steps));
        return block.list().ofMaxSize(60);
    }

    @Property(tries = 1000)
    void blocksThatLiveTogetherDoNotOverlap(@ForAll("blocks") List<Block> blocks) {
        for (long alignment : new long[] {1, 64}) {
            Plan plan = ArenaPlanner.plan(blocks, alignment);
            for (int i = 0; i < blocks.size(); i++) {
                long start = plan.offsets()[i];
                assertTrue(start >= 0 && start % alignment == 0 && start + blocks.get(i).bytes() <= plan.bytes());
                for (int j = 0; j < i; j++) {
                    assertTrue(apart(blocks.get(i), start, blocks.get(j), plan.offsets()[j]), () -> "two overlap of " + blocks);
                }
            }
        }
    }

    private static boolean apart(Block a, long startA, Block b, long startB) {
        return a.last() < b.first() || b.last() < a.first() || startA + a.bytes() <= startB || startB + b.bytes() <= startA
                || a.bytes() == 0 || b.bytes() == 0;
    }

    @Property(tries = 300)
    void boundIsWhatIsAliveInThePeakStep(@ForAll("blocks") List<Block> blocks) {
        Plan plan = ArenaPlanner.plan(blocks, 8);
        long most = 0;
        int peak = 0;
        for (int step = -2; step <= 32; step++) {
            int now = step;
            long alive = blocks.stream().filter(b -> b.first() <= now && now <= b.last()).mapToLong(b -> Math.ceilDiv(b.bytes(), 8) * 8)
                    .sum();
            if (alive > most) {
                most = alive;
                peak = step;
            }
        }
        assertEquals(most, plan.lowerBound());
        assertEquals(peak, plan.peakStep());
        assertTrue(plan.bytes() >= plan.lowerBound());
    }

    @Example
    void placesGoToTheLowestFreeOffset() {
        Plan plan = ArenaPlanner.plan(List.of(new Block(100, 0, 1), new Block(60, 1, 3), new Block(100, 2, 4), new Block(1, 4, 4)), 64);
        assertArrayEquals(new long[] {0, 128, 0, 128}, plan.offsets());
        assertEquals(192, plan.bytes());
    }

    @Example
    void nothingNeedsNothing() {
        assertEquals(0, ArenaPlanner.plan(List.of(), 64).bytes());
        assertEquals(0, ArenaPlanner.plan(List.of(new Block(0, 3, 5)), 64).bytes());
    }

    @Example
    void badNumbersAreRefused() {
        assertEquals("arena: block of 8 bytes from step 3 to 2, needs bytes >= 0 and first <= last.",
                assertThrows(IllegalArgumentException.class, () -> new Block(8, 3, 2)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Block(-1, 3, 4));
        assertThrows(IllegalArgumentException.class, () -> ArenaPlanner.plan(List.of(), 0));
        assertThrows(ArithmeticException.class, () -> ArenaPlanner.plan(List.of(new Block(Long.MAX_VALUE - 7, 0, 1),
                new Block(64, 1, 2)), 1));
    }

    private static Graph training(Model model, int batch) {
        int channels = Math.toIntExact(model.inputShape().dim(0));
        ChannelStatistics statistics = new ChannelStatistics(Collections.nCopies(channels, 0.5), Collections.nCopies(channels, 0.25));
        TrainConfig config = TrainConfig.builder("m", "d").clipNorm(1).build();
        return TrainingGraph.training(model, statistics, config, Optimizer.parse("momentum", 1e-4), GradientHook.none(), batch).graph();
    }

    @Example
    void trainingGraphsComeNearTheBound() {
        for (Graph graph : List.of(training(Models.create("lenet", Shape.of(1, 28, 28), 10), 64),
                training(Models.create("resnet50", Shape.of(3, 224, 224), 1000), 8))) {
            MemoryPlan plan = MemoryPlan.of(graph, CompileOptions.defaults());
            assertTrue(plan.bytes() <= 1.01 * plan.lowerBound(), plan.bytes() + " bytes, at least " + plan.lowerBound());
        }
    }
}
