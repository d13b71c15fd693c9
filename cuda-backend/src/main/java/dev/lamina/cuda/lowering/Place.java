package dev.lamina.cuda.lowering;

/**
 * Where a value's elements are and how they lie there.
 *
 * @param buffer the memory
 * @param layout element type and order
 */
public record Place(Buffer buffer, Layout layout) {
    /** True if memory is row-major and of the graph's own type. */
    public boolean isPlain() {
        return layout.isPlain();
    }
}
