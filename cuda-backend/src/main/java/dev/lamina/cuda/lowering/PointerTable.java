package dev.lamina.cuda.lowering;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Addresses in device memory, for a kernel that works on many buffers at once. Whoever runs the steps brings them there whenever buffers
 * have moved. One thread.
 */
public final class PointerTable {
    private final Buffer memory;
    private final long[] addresses;
    private boolean stale = true;

    /** Addresses of the entries, in their order; null stands for address 0. */
    PointerTable(Buffer memory, List<Buffer> entries) {
        this.memory = memory;
        this.addresses = new long[entries.size()];
        for (int i = 0; i < addresses.length; i++) {
            int row = i;
            if (entries.get(i) != null) {
                entries.get(i).follow(address -> {
                    addresses[row] = address;
                    stale = true;
                });
            }
        }
    }

    /** Where the kernel finds the addresses. */
    public Buffer memory() {
        return memory;
    }

    /** True if some address has changed since {@link #arrived}. */
    public boolean isStale() {
        return stale;
    }

    /** What the memory must hold now. */
    public MemorySegment content() {
        return MemorySegment.ofArray(addresses);
    }

    /** To be called once the content is on its way to the memory; where that failed, the table stays stale. */
    public void arrived() {
        stale = false;
    }
}
