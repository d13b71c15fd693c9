package dev.lamina.cpu.onednn;

import dev.lamina.cpu.vector.Pointer;

/** Where a value's elements are and how they lie there. */
record Place(Buffer buffer, Layout layout) {
    Pointer pointer() {
        return buffer.pointer();
    }

    boolean isPlain() {
        return layout.isPlain();
    }
}
