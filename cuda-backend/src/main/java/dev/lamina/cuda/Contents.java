package dev.lamina.cuda;

import dev.lamina.cuda.lowering.Assembly;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Brings to the device what buffers must hold before the first run. Stateless. */
final class Contents {
    private Contents() { }

    /** Puts constants and fills into their buffers, which must have their places. */
    static void upload(Assembly assembly, Staging staging) {
        assembly.memory().contents().forEach((buffer, tensor) -> staging.upload(tensor.contiguous().memory(), buffer.address()));
        assembly.memory().fills().forEach((buffer, fill) -> {
            try (Arena scope = Arena.ofConfined()) {
                MemorySegment memory = scope.allocate(Math.max(1, buffer.bytes()), 64).asSlice(0, buffer.bytes());
                Tensor.wrap(memory, fill.type().dtype(), fill.type().shape()).fill(fill.value());
                staging.upload(memory, buffer.address());
            }
        });
    }
}
