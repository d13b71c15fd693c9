package dev.lamina.cuda;

import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.DeviceMemory;
import dev.lamina.cuda.api.Event;
import dev.lamina.cuda.api.PinnedMemory;
import dev.lamina.cuda.api.Stream;
import dev.lamina.cuda.lowering.Owned;
import dev.lamina.tensor.Tensor;

/**
 * Brings a run's inputs to the device while the run before is still computing: host to pinned memory, on a stream of its own to a landing
 * place, and from there, in the order of the compute stream, to the fixed places that steps read. Two of each take turns. One thread.
 */
final class InputFeed implements AutoCloseable {
    private static final int TURNS = 2;

    private final Owned owned = new Owned();
    private final Stream copies;
    private final Stream compute;
    private final long[] offsets;
    private final long[] bytes;
    private final long total;
    private final PinnedMemory[] pinned = new PinnedMemory[TURNS];
    private final DeviceMemory[] landing = new DeviceMemory[TURNS];
    private final Event[] arrived = new Event[TURNS];
    private final Event[] taken = new Event[TURNS];
    private final boolean[] used = new boolean[TURNS];
    private int turn;

    /**
     * Allocates.
     *
     * @param bytes size of each input
     */
    InputFeed(Context context, Stream compute, Stream copies, long[] bytes) {
        this.compute = compute;
        this.copies = copies;
        this.bytes = bytes.clone();
        this.offsets = new long[bytes.length];
        long sum = 0;
        for (int i = 0; i < bytes.length; i++) {
            offsets[i] = sum;
            sum += Math.ceilDiv(bytes[i], DeviceArena.ALIGNMENT) * DeviceArena.ALIGNMENT;
        }
        total = sum;
        try {
            for (int i = 0; i < TURNS && total > 0; i++) {
                pinned[i] = owned.add(context.pinned(total, "inputs of the graph"));
                landing[i] = owned.add(context.allocate(total, "inputs of the graph"));
                arrived[i] = owned.add(context.event());
                taken[i] = owned.add(context.event());
            }
        } catch (RuntimeException e) {
            owned.closeAfter(e);
            throw e;
        }
    }

    /** Starts a run's turn: waits until the turn's pinned memory is free. */
    void begin() {
        turn = (turn + 1) % TURNS;
        if (used[turn]) {
            arrived[turn].synchronize();
        }
    }

    /** Takes an input; it may be changed when this returns. */
    void put(int input, Tensor tensor) {
        if (bytes[input] > 0) {
            tensor.writeTo(pinned[turn].segment(), offsets[input]);
        }
    }

    /** Sends what was put, to these addresses on the device. An address of 0 takes nothing. */
    void send(long[] targets) {
        if (total == 0) {
            return;
        }
        if (used[turn]) {
            copies.waitFor(taken[turn]);
        }
        copies.copyToDevice(landing[turn].address(), pinned[turn].segment(), total);
        copies.record(arrived[turn]);
        compute.waitFor(arrived[turn]);
        for (int i = 0; i < targets.length; i++) {
            if (targets[i] != 0 && bytes[i] > 0) {
                compute.copyOnDevice(targets[i], landing[turn].address() + offsets[i], bytes[i]);
            }
        }
        compute.record(taken[turn]);
        used[turn] = true;
    }

    @Override
    public void close() {
        owned.close();
    }
}
