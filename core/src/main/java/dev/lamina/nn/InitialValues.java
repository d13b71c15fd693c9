package dev.lamina.nn;

import dev.lamina.graph.TensorType;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Elements;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;

/** Random host tensors by the conventions of the graph's random ops, filled by all processors. */
final class InitialValues {
    private static final long CHUNK_BLOCKS = 1 << 14;

    private InitialValues() { }

    /** Element i of a block from its four words. */
    private interface Draw {
        double element(int[] words, int lane);
    }

    static Tensor uniform(TensorType type, double low, double high, long seed, int stream) {
        return fill(type, seed, stream, (words, lane) -> low + (high - low) * Philox.uniform(words[lane]));
    }

    static Tensor normal(TensorType type, double mean, double deviation, long seed, int stream) {
        return fill(type, seed, stream, (words, lane) -> {
            int first = lane & ~1;
            return mean + deviation * Philox.normal(words[first], words[first + 1], (lane & 1) == 1);
        });
    }

    private static Tensor fill(TensorType type, long seed, int stream, Draw draw) {
        Tensor tensor = Tensor.zeros(type.dtype(), type.shape());
        MemorySegment memory = tensor.memory();
        DType dtype = type.dtype();
        long elements = type.elements();
        long blocks = Math.ceilDiv(elements, 4L);
        LongStream.range(0, Math.ceilDiv(blocks, CHUNK_BLOCKS)).parallel().forEach(chunk -> {
            int[] words = new int[4];
            long end = Math.min(blocks, (chunk + 1) * CHUNK_BLOCKS);
            for (long block = chunk * CHUNK_BLOCKS; block < end; block++) {
                Philox.block(seed, 0, stream, block, words);
                int lanes = (int) Math.min(4, elements - 4 * block);
                for (int lane = 0; lane < lanes; lane++) {
                    Elements.set(memory, dtype, 4 * block + lane, draw.element(words, lane));
                }
            }
        });
        return tensor;
    }
}
