package dev.lamina.cuda;

import dev.lamina.cuda.api.Context;
import dev.lamina.cuda.api.Event;
import dev.lamina.cuda.api.PinnedMemory;
import dev.lamina.cuda.api.Stream;
import dev.lamina.cuda.lowering.Owned;
import java.lang.foreign.MemorySegment;

/**
 * Copies between host memory of any kind and the device, through pinned memory, in the order of one stream. Uploads return once the source
 * may be changed, without waiting for the device unless much is under way; downloads wait. One thread at a time.
 */
final class Staging implements AutoCloseable {
    private static final long HALF = 2 << 20;
    private static final long ALIGNMENT = 64;

    private final Owned owned = new Owned();
    private final Stream stream;
    private final PinnedMemory pinned;
    private final Event[] done = new Event[2];
    private final boolean[] pending = new boolean[2];
    private int half;
    private long used;

    Staging(Context context, Stream stream) {
        this.stream = stream;
        try {
            pinned = owned.add(context.pinned(2 * HALF, "copies between host and device"));
            done[0] = owned.add(context.event());
            done[1] = owned.add(context.event());
        } catch (RuntimeException e) {
            owned.closeAfter(e);
            throw e;
        }
    }

    /** Copies a segment to the device. */
    void upload(MemorySegment source, long target) {
        long offset = 0;
        while (offset < source.byteSize()) {
            if (used == HALF) {
                turn();
            }
            long bytes = Math.min(HALF - used, source.byteSize() - offset);
            MemorySegment part = pinned.segment().asSlice(half * HALF + used, bytes);
            part.copyFrom(source.asSlice(offset, bytes));
            stream.copyToDevice(target + offset, part, bytes);
            used = Math.min(HALF, Math.ceilDiv(used + bytes, ALIGNMENT) * ALIGNMENT);
            offset += bytes;
        }
    }

    /** Goes on in the other half, once what was copied from there has arrived. */
    private void turn() {
        stream.record(done[half]);
        pending[half] = true;
        int other = 1 - half;
        if (pending[other]) {
            done[other].synchronize();
            pending[other] = false;
        }
        // Only now: where waiting fails, the half that is under way is not written to.
        half = other;
        used = 0;
    }

    /** Copies from the device, after everything that the stream does before. */
    void download(long source, MemorySegment target) {
        turn();
        for (long offset = 0; offset < target.byteSize(); offset += HALF) {
            long bytes = Math.min(HALF, target.byteSize() - offset);
            MemorySegment part = pinned.segment().asSlice(half * HALF, bytes);
            stream.copyToHost(part, source + offset, bytes);
            stream.synchronize();
            target.asSlice(offset, bytes).copyFrom(part);
        }
    }

    @Override
    public void close() {
        owned.close();
    }
}
