package dev.lamina.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A part of an arena.
 *
 * @param offset of its first byte
 * @param bytes its size, at least 0
 */
public record Extent(long offset, long bytes) {

    /** Where it ends. */
    public long end() {
        return offset + bytes;
    }

    /**
     * What is left of an arena without some parts of it: the fewest extents, in order, none of them empty. That is what
     * {@link CompileOptions.Poison} is written to where the parts must keep what they hold.
     *
     * @param bytes size of the arena
     * @param spared parts in any order, which may overlap
     */
    public static List<Extent> outside(long bytes, List<Extent> spared) {
        List<Extent> left = new ArrayList<>();
        long start = 0;
        for (Extent part : spared.stream().filter(e -> e.bytes > 0).sorted(Comparator.comparingLong(Extent::offset)).toList()) {
            if (part.offset > start) {
                left.add(new Extent(start, part.offset - start));
            }
            start = Math.max(start, part.end());
        }
        if (bytes > start) {
            left.add(new Extent(start, bytes - start));
        }
        return List.copyOf(left);
    }
}
