package dev.lamina.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.graph.Update;
import dev.lamina.graph.Update.MomentumForm;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Updates of variables against the reference, alone and in batches. */
class UpdateKernelsTest {
    private static final ThreadTeam TWO = new ThreadTeam(2);
    private static final Team[] TEAMS = {Team.single(), TWO};

    @AfterEach
    void free() {
        Memory.free();
    }

    @AfterAll
    static void close() {
        TWO.close();
    }

    static List<Update> ops() {
        List<Update> ops = new ArrayList<>(List.of(new Update.Assign(), new Update.Ema(0.9), new Update.Adam(0.9, 0.999, 1e-8, 0, false),
                new Update.Adam(0.9, 0.99, 1e-3, 0.01, false), new Update.Adam(0.8, 0.999, 1e-8, 0.1, true)));
        for (double decay : new double[] {0, 5e-4}) {
            ops.add(new Update.Sgd(0, false, decay, MomentumForm.RATE_OUTSIDE));
            ops.add(new Update.Sgd(0.9, false, decay, MomentumForm.RATE_OUTSIDE));
            ops.add(new Update.Sgd(0.9, true, decay, MomentumForm.RATE_OUTSIDE));
            ops.add(new Update.Sgd(0.9, false, decay, MomentumForm.RATE_INSIDE));
        }
        return ops;
    }

    static Tensor[] operands(Update op, int n, int seed, boolean counted) {
        Tensor w = Expect.normal(n, seed);
        Tensor g = Expect.normal(n, seed + 1);
        Tensor m = Expect.normal(n, seed + 2);
        Tensor rate = Tensor.scalar(DType.FLOAT32, 0.05);
        Tensor step = Tensor.scalar(DType.INT64, 3);
        return switch (op) {
            case Update.Assign _ -> new Tensor[] {w, g};
            case Update.Ema _ -> counted ? new Tensor[] {w, g, step} : new Tensor[] {w, g};
            case Update.Sgd sgd -> sgd.momentum() == 0 ? new Tensor[] {w, g, rate} : new Tensor[] {w, g, rate, m};
            case Update.Adam _ -> new Tensor[] {w, g, rate, m, squared(m), step};
        };
    }

    private static Tensor squared(Tensor m) {
        double[] values = m.toDoubles();
        return Tensor.of(DType.FLOAT32, Arrays.stream(values).map(v -> v * v).toArray(), values.length);
    }

    static Memory[] memories(Tensor[] tensors) {
        return Arrays.stream(tensors).map(Memory::of).toArray(Memory[]::new);
    }

    static UpdateKernels.Step step(Update op, Memory[] memories, int n) {
        return new UpdateKernels.Step(op, n, Arrays.stream(memories).map(Memory::pointer).toArray(Pointer[]::new));
    }

    private static void compare(Update op, Tensor[] before, Memory[] after, String what) {
        List<Tensor> expected = Reference.run(op, before);
        List<Integer> updated = op.updated(before.length);
        for (int k = 0; k < updated.size(); k++) {
            // Six roundings of numbers up to 8, where the reference rounds once.
            Expect.close(expected.get(k), after[updated.get(k)].tensor(), 0, 6 * 8 * 0x1p-24, what + " result " + k);
        }
    }

    @ParameterizedTest
    @MethodSource("ops")
    void equalTheReference(Update op) {
        for (int n : Expect.SIZES) {
            for (Team team : TEAMS) {
                for (boolean counted : new boolean[] {false, true}) {
                    Tensor[] before = operands(op, n, n, counted);
                    Memory[] memories = memories(before);
                    UpdateKernels.all(team, List.of(step(op, memories, n))).run();
                    compare(op, before, memories, op + " " + n);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ops")
    void zerosStayZeros(Update op) {
        int n = 37;
        Memory[] memories = memories(operands(op, n, 1, true));
        for (Memory memory : memories) {
            if (memory.tensor().shape().rank() == 1) {
                memory.set(Tensor.of(new float[n]));
            }
        }
        UpdateKernels.all(TWO, List.of(step(op, memories, n))).run();
        for (Memory memory : memories) {
            if (memory.tensor().shape().rank() == 1) {
                Expect.same(Tensor.of(new float[n]), memory.tensor(), op.toString());
            }
        }
    }

    @Test
    void infiniteWeightsStayWithoutDecay() {
        Update op = new Update.Sgd(0.9, false, 0, MomentumForm.RATE_OUTSIDE);
        Tensor[] before = operands(op, 20, 1, false);
        before[0] = Tensor.full(DType.FLOAT32, before[0].shape(), Double.POSITIVE_INFINITY);
        Memory[] memories = memories(before);
        UpdateKernels.one(TWO, op, 20, step(op, memories, 20).operands()).run();
        Expect.same(before[0], memories[0].tensor(), "weights");
    }

    /** Variables of every size in one start, whose shares cut through them. */
    @Test
    void batchesEqualSingleUpdates() {
        for (int rounds : new int[] {1, 3}) {
            List<UpdateKernels.Step> steps = new ArrayList<>();
            List<Tensor[]> before = new ArrayList<>();
            List<Memory[]> after = new ArrayList<>();
            List<Update> ops = new ArrayList<>();
            for (int n : new int[] {6, 150, 16, 2400, 120, 48_000, 84, 10_080, 10, 840, 0, 5}) {
                Update op = ops().get((n + rounds) % ops().size());
                before.add(operands(op, n, n, true));
                after.add(memories(before.getLast()));
                ops.add(op);
                steps.add(step(op, after.getLast(), n));
            }
            UpdateKernels.all(rounds == 1 ? Team.single() : TWO, steps).run();
            for (int i = 0; i < ops.size(); i++) {
                compare(ops.get(i), before.get(i), after.get(i), ops.get(i) + " in a batch");
            }
        }
    }

    @Test
    void numberOfOperandsIsChecked() {
        Exception e = assertThrows(IllegalArgumentException.class,
                () -> new UpdateKernels.Step(new Update.Assign(), 3, new Pointer()));
        assertEquals("assign: has 1 operands, needs 2..2.", e.getMessage());
    }
}
