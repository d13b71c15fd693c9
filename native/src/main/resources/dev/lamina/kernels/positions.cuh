// What kernels of ours share: 16-bit types, positions, fault words.
#include "elements.cuh"

// Divides a position by an extent; 64-bit division is slow and seldom needed.
__device__ __forceinline__ long long divide(long long position, long long extent, long long& rest) {
    if (((position | extent) >> 31) == 0) {
        unsigned quotient = (unsigned) position / (unsigned) extent;
        rest = (unsigned) position - quotient * (unsigned) extent;
        return quotient;
    }
    long long quotient = position / extent;
    rest = position - quotient * extent;
    return quotient;
}

// This thread's number in a row of blocks, and how far threads stride.
__device__ __forceinline__ long long firstPosition() {
    return (long long) blockIdx.x * blockDim.x + threadIdx.x;
}

__device__ __forceinline__ long long positionStride() {
    return (long long) gridDim.x * blockDim.x;
}

// Reports an index that is out of range. The word keeps the first position of all: (count - position) << 32 | value, limited to 32 bits.
__device__ __forceinline__ void reportFault(unsigned long long* faults, int slot, long long count, long long position, long long value) {
    long long limited = value < -2147483648LL ? -2147483648LL : value > 2147483647LL ? 2147483647LL : value;
    unsigned long long rank = (unsigned long long) (count - position > 0x7fffffffLL ? 0x7fffffffLL : count - position);
    atomicMax(faults + slot, rank << 32 | (unsigned long long) (unsigned) (int) limited);
}
