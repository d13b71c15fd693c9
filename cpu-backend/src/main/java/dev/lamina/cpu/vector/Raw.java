package dev.lamina.cpu.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** All of the process's memory as one segment, so that a kernel's inner loop has an address and no bounds to check. */
final class Raw {
    /** Offset in this segment is address. */
    @SuppressWarnings("restricted")
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    /** The widest vectors of this processor. */
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    /** Elements of a vector. */
    static final int LANES = FLOATS.length();
    /** Byte order of this processor. */
    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private Raw() { }
}
