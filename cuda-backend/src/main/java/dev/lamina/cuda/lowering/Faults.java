package dev.lamina.cuda.lowering;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What kernels report at run time: indices outside of their range. Each step that may report has a word of device memory, zero while all is
 * well. Words stay set until they are cleared, so that a fault shows at the next reading even if other runs follow it. One thread.
 *
 * <p>A word is {@code (count - position) << 32 | value}, the largest of a run, that is the first position; values are limited to 32 bits.
 */
public final class Faults {
    /** Steps with a word of their own; further ones share the last. */
    private static final int WORDS = 1024;
    private static final long LARGEST_COUNT = Integer.MAX_VALUE;

    private final Buffer buffer = new Buffer("faults", (long) WORDS * Long.BYTES, Buffer.Home.KEPT);
    private final List<Check> checks = new ArrayList<>();

    /** What is wrong with an index, for people. */
    @FunctionalInterface
    public interface Message {
        /** The sentence for a value at a position. */
        String of(long position, int value);
    }

    private record Check(long count, Message message) {
        String text(long word) {
            return message.of(Math.min(count, LARGEST_COUNT) - (word >>> Integer.SIZE), (int) word);
        }
    }

    /** The words; a step passes this and its slot to {@code reportFault}. */
    public Buffer buffer() {
        return buffer;
    }

    /**
     * The slot for a step.
     *
     * @param count positions that may be reported
     */
    public int slot(long count, Message message) {
        checks.add(new Check(count, message));
        return Math.min(checks.size(), WORDS) - 1;
    }

    /** How many bytes of the buffer to read and clear; 0 if no step reports. */
    public long bytes() {
        return (long) Math.min(checks.size(), WORDS) * Long.BYTES;
    }

    /** The first fault in a copy of the buffer's first {@link #bytes}. */
    public Optional<String> first(MemorySegment words) {
        for (int i = 0; i < bytes() / Long.BYTES; i++) {
            long word = words.getAtIndex(ValueLayout.JAVA_LONG, i);
            if (word != 0) {
                String text = checks.get(i).text(word);
                return Optional.of(i < WORDS - 1 || checks.size() <= WORDS ? text : text + " (Or a later node: they share a report.)");
            }
        }
        return Optional.empty();
    }
}
