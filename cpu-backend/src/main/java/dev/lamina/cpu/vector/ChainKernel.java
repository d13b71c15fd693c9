package dev.lamina.cpu.vector;

/**
 * A pointwise program bound to memory. Threads take whole tiles; a tile's registers lie in the thread's scratch, small enough for the
 * first-level cache, except contiguous float32 operands and results, which instructions read and write in place. Instructions see
 * whole vectors only: what is left at the end goes through scratch.
 */
final class ChainKernel implements Kernel, Team.Task {
    /** Below this many elements a second thread costs more than it brings. */
    static final long ALONE = 16_384;
    private static final int TILE_BYTES = 24 << 10;
    private static final int LONGEST_TILE = 4096;
    private static final int SHORTEST_TILE = 512;
    /** Keeps neighbouring tiles off the same cache sets. */
    private static final int GAP = 192;

    private final Team team;
    private final TileProgram program;
    private final Access[] operandAccess;
    private final Access[] resultAccess;
    private final Pointer[] operands;
    private final Pointer[] results;
    private final long elements;
    private final int tile;
    /** Operands whose tiles are all alike. */
    private final boolean[] loadedOnce;
    private final int slotBytes;
    private final Scratch scratch;
    private final Program source;
    /** For each thread, where each register is in the current tile. */
    private final long[][] registers;

    ChainKernel(Team team, Program source, Iteration space, Pointer[] operands, Pointer[] results) {
        if (operands.length != source.operands() || results.length != source.results() || space.operands.length != operands.length
                || space.results.length != results.length) {
            throw new IllegalArgumentException("pointwise chain: program has " + source.operands() + " operands and " + source.results()
                    + " results, space " + space.operands.length + " and " + space.results.length + ", pointers "
                    + operands.length + " and " + results.length + "; they must agree.");
        }
        this.team = team;
        this.source = source;
        this.operands = operands.clone();
        this.results = results.clone();
        elements = space.elements();
        operandAccess = new Access[operands.length];
        for (int i = 0; i < operands.length; i++) {
            operandAccess[i] = new Access(source.operands.get(i).dtype(), space.dims, space.operands[i]);
        }
        resultAccess = new Access[results.length];
        for (int i = 0; i < results.length; i++) {
            resultAccess[i] = new Access(source.results.get(i).dtype(), space.dims, space.results[i]);
        }
        program = new TileProgram(source, operandAccess, resultAccess);
        int threads = elements < ALONE ? 1 : team.threads();
        tile = tileLength(program.busySlots, elements, threads, operandAccess);
        loadedOnce = new boolean[operands.length];
        for (int i = 0; i < operands.length; i++) {
            int period = operandAccess[i].period();
            loadedOnce[i] = operandAccess[i].scalar() || period > 0 && (tile % period == 0 || tile >= elements);
        }
        slotBytes = 4 * tile + GAP;
        scratch = new Scratch(threads, (long) slotBytes * (program.slots + TileProgram.SPARE));
        registers = new long[threads][source.registers];
        for (int thread = 0; thread < threads; thread++) {
            prepare(thread);
        }
    }

    /** Whole vectors, and whole periods of an operand that repeats, if these are short enough. */
    private static int tileLength(int slots, long elements, int threads, Access[] operands) {
        int fits = Math.clamp(TILE_BYTES / (4 * Math.max(1, slots)), SHORTEST_TILE, LONGEST_TILE);
        int unit = Raw.LANES;
        for (Access operand : operands) {
            int period = operand.period();
            if (period > 0 && unit % period != 0) {
                int common = unit / gcd(unit, period) * period;
                unit = common <= fits ? common : unit;
            }
        }
        return (int) Math.min(fits / unit * unit, Math.max(unit, Scratch.roundUp(Math.ceilDiv(elements, threads), unit)));
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private void prepare(int thread) {
        long[] at = registers[thread];
        for (int register = 0; register < at.length; register++) {
            at[register] = slot(thread, register);
        }
        constants(thread);
    }

    /** Registers that no instruction writes hold their constants from the beginning. */
    private void constants(int thread) {
        for (Program.Constant constant : source.constants) {
            Rows.fill(constant.value(), slot(thread, constant.register()), tile);
        }
    }

    private long slot(int thread, int register) {
        return scratch.address(thread) + (long) slotBytes * program.slot[register];
    }

    @Override
    public void poison(byte pattern) {
        scratch.fill(pattern);
        for (int thread = 0; thread < registers.length; thread++) {
            constants(thread);
        }
    }

    @Override
    public void run() {
        if (elements == 0) {
            return;
        }
        if (registers.length == 1) {
            run(0, 1);
        } else {
            team.run(this);
        }
    }

    @Override
    public void run(int thread, int threads) {
        long tiles = Math.ceilDiv(elements, tile);
        long first = Team.start(tiles, thread, threads) * tile;
        long last = Math.min(elements, Team.start(tiles, thread + 1, threads) * tile);
        if (first >= last) {
            return;
        }
        for (int i = 0; i < operandAccess.length; i++) {
            if (loadedOnce[i]) {
                operandAccess[i].load(operands[i].address(), 0, (int) Math.min(tile, elements), slot(thread, program.operand[i]));
            }
        }
        for (long at = first; at < last; at += tile) {
            int n = (int) Math.min(tile, last - at);
            int whole = n / Raw.LANES * Raw.LANES;
            if (whole > 0) {
                tile(thread, at, 0, whole, true);
            }
            if (whole < n) {
                tile(thread, at, whole, n - whole, false);
            }
        }
    }

    /** Computes n elements of the tile at {@code start}, from its element {@code first} on; in place only where n is whole vectors. */
    private void tile(int thread, long start, int first, int n, boolean inPlace) {
        long[] where = registers[thread];
        long at = start + first;
        for (int i = 0; i < operandAccess.length; i++) {
            int register = program.operand[i];
            if (inPlace && program.directOperand[i]) {
                where[register] = operands[i].address() + 4 * at;
            } else if (loadedOnce[i]) {
                where[register] = slot(thread, register) + 4L * first;
            } else {
                where[register] = slot(thread, register);
                operandAccess[i].load(operands[i].address(), at, n, where[register]);
            }
        }
        for (int i = 0; i < resultAccess.length; i++) {
            if (program.directResult[i]) {
                int register = program.result[i];
                where[register] = inPlace ? results[i].address() + 4 * at : slot(thread, register);
            }
        }
        program.run(where, scratch.address(thread) + (long) slotBytes * program.slots, (n + Raw.LANES - 1) / Raw.LANES * Raw.LANES);
        for (int i = 0; i < resultAccess.length; i++) {
            if (!inPlace || !program.directResult[i]) {
                resultAccess[i].store(where[program.result[i]], results[i].address(), at, n);
            }
        }
    }
}
