package dev.lamina.cpu.vector;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** A program with a place in scratch for every register, and the registers that need none while tiles are whole vectors. */
final class TileProgram {
    /** Number of tiles that instructions may use beside registers, one after another: room for a double each element. */
    static final int SPARE = 2;
    /** Register of each operand. */
    final int[] operand;
    /** Register of each result. */
    final int[] result;
    /** Operands that instructions read in place. */
    final boolean[] directOperand;
    /** Results that an instruction writes in place. */
    final boolean[] directResult;
    /** Slot of each register. */
    final int[] slot;
    /** Number of slots. */
    final int slots;
    /** Number of tiles in use while they are whole vectors, a spare one included. */
    final int busySlots;
    private final Code[] code;
    private final int[] a;
    private final int[] b;
    private final int[] c;
    private final int[] to;
    private final float[] p;
    private final float[] q;

    TileProgram(Program source, Access[] operands, Access[] results) {
        List<Program.Instruction> steps = source.instructions;
        code = steps.stream().map(Program.Instruction::code).toArray(Code[]::new);
        a = steps.stream().mapToInt(Program.Instruction::a).toArray();
        b = steps.stream().mapToInt(Program.Instruction::b).toArray();
        c = steps.stream().mapToInt(Program.Instruction::c).toArray();
        to = steps.stream().mapToInt(Program.Instruction::to).toArray();
        p = new float[code.length];
        q = new float[code.length];
        for (int i = 0; i < code.length; i++) {
            p[i] = steps.get(i).p();
            q[i] = steps.get(i).q();
        }
        operand = source.operands.stream().mapToInt(Program.Operand::register).toArray();
        result = source.results.stream().mapToInt(Program.Result::register).toArray();
        int[] lastUse = lastUses(source);
        directOperand = new boolean[operand.length];
        for (int i = 0; i < operand.length; i++) {
            directOperand[i] = operands[i].direct() && !operands[i].scalar() && lastUse[operand[i]] < code.length;
        }
        directResult = new boolean[result.length];
        for (int i = 0; i < result.length; i++) {
            directResult[i] = results[i].direct() && writesInPlace(i, lastUse);
        }
        slot = new int[source.registers];
        slots = assign(source, operands, lastUse);
        int direct = 0;
        for (boolean inPlace : directOperand) {
            direct += inPlace ? 1 : 0;
        }
        for (boolean inPlace : directResult) {
            direct += inPlace ? 1 : 0;
        }
        busySlots = Math.max(1, slots - direct + 1);
    }

    /** For each register the last instruction that reads it, or the number of instructions if it is a result. */
    private int[] lastUses(Program source) {
        int[] last = new int[source.registers];
        Arrays.fill(last, -1);
        for (int i = 0; i < code.length; i++) {
            last[a[i]] = i;
            last[b[i]] = i;
            last[c[i]] = i;
        }
        for (int register : result) {
            last[register] = code.length;
        }
        return last;
    }

    /** A result's memory may be an operand's: it may be written early only if nobody reads operands in place afterwards. */
    private boolean writesInPlace(int i, int[] lastUse) {
        for (int k = 0; k < i; k++) {
            if (result[k] == result[i]) {
                return false;
            }
        }
        int by = -1;
        for (int k = 0; k < to.length; k++) {
            by = to[k] == result[i] ? k : by;
        }
        if (by < 0) {
            return false;
        }
        for (int k = 0; k < operand.length; k++) {
            if (directOperand[k] && lastUse[operand[k]] > by) {
                return false;
            }
        }
        return true;
    }

    /** Gives every register a slot; those whose value is no longer read pass theirs on. */
    private int assign(Program source, Access[] operands, int[] lastUse) {
        int next = 0;
        boolean[] kept = new boolean[source.registers];
        for (Program.Constant constant : source.constants) {
            kept[constant.register()] = true;
            slot[constant.register()] = next++;
        }
        for (int i = 0; i < operand.length; i++) {
            kept[operand[i]] = operands[i].scalar() || operands[i].period() > 0;
            slot[operand[i]] = next++;
        }
        Deque<Integer> free = new ArrayDeque<>();
        for (int i = 0; i < code.length; i++) {
            slot[to[i]] = free.isEmpty() ? next++ : free.pop();
            for (int register : Arrays.stream(new int[] {a[i], b[i], c[i], to[i]}).distinct().toArray()) {
                if (lastUse[register] <= i && !kept[register]) {
                    free.push(slot[register]);
                }
            }
        }
        return next;
    }

    /** Runs all instructions on n elements, a multiple of a vector's, with spare tiles. */
    void run(long[] where, long spare, int n) {
        for (int i = 0; i < code.length; i++) {
            TileOps.run(code[i], where[a[i]], where[b[i]], where[c[i]], where[to[i]], spare, p[i], q[i], n);
        }
    }
}
