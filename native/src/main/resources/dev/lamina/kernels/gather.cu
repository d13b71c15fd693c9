// Selections by index: gather along an axis, of pooling's winners, and the order in which a gather's gradient sums. By element size;
// indices are int32, or int64 where `wide` is 1. An index out of range is reported (see reportFault) and reads nothing.
#include "positions.cuh"

__device__ __forceinline__ long long indexAt(const void* indices, int wide, long long at) {
    return wide ? ((const long long*) indices)[at] : ((const int*) indices)[at];
}

// The index counted from the axis' start; -1 if it is outside.
__device__ __forceinline__ long long normalized(long long index, long long extent) {
    long long positive = index < 0 ? index + extent : index;
    return positive >= 0 && positive < extent ? positive : -1;
}

// y[o, m, k] = x[o, indices[m], k]; x is [outer, extent, inner], y [outer, count, inner]; `all` are y's elements.
template <class Element>
__device__ __forceinline__ void gather(const Element* x, const void* indices, Element* y, unsigned long long* faults, int slot, int wide,
        long long all, long long count, long long inner, long long extent) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        long long k;
        long long m;
        long long o = divide(divide(i, inner, k), count, m);
        long long index = indexAt(indices, wide, m);
        long long at = normalized(index, extent);
        if (at < 0) {
            reportFault(faults, slot, count, m, index);
        }
        y[i] = at < 0 ? (Element) 0 : x[(o * extent + at) * inner + k];
    }
}

// y[o, p, k] = x[o, winners[o, p, k], k], 0 for the winner -1; x is [outer, size, inner], y and winners [outer, places, inner].
template <class Element>
__device__ __forceinline__ void poolGather(const Element* x, const int* winners, Element* y, unsigned long long* faults, int slot,
        long long all, long long places, long long inner, long long size) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        long long k;
        long long p;
        long long o = divide(divide(i, inner, k), places, p);
        int winner = winners[i];
        if (winner < -1 || winner >= size) {
            reportFault(faults, slot, all, i, winner);
        }
        y[i] = winner < 0 || winner >= size ? (Element) 0 : x[(o * size + winner) * inner + k];
    }
}

#define SELECTIONS(NAME, ELEMENT)                                                                                                      \
    extern "C" __global__ void gather_##NAME(const ELEMENT* x, const void* indices, ELEMENT* y, unsigned long long* faults, int slot,  \
            int wide, long long all, long long count, long long inner, long long extent) {                                             \
        gather<ELEMENT>(x, indices, y, faults, slot, wide, all, count, inner, extent);                                                 \
    }                                                                                                                                  \
    extern "C" __global__ void pool_gather_##NAME(const ELEMENT* x, const int* winners, ELEMENT* y, unsigned long long* faults,        \
            int slot, long long all, long long places, long long inner, long long size) {                                              \
        poolGather<ELEMENT>(x, winners, y, faults, slot, all, places, inner, size);                                                    \
    }

SELECTIONS(1, unsigned char)
SELECTIONS(2, unsigned short)
SELECTIONS(4, unsigned)
SELECTIONS(8, unsigned long long)

// Sorts positions by index, equal ones by position: order[r] is the position with rank r. Ranks are counted against all other indices, in
// tiles of shared memory: quadratic, but without atomics, and far below the sums themselves for the thousands of indices of a batch.
// Indices out of range come first. Blocks of 256 threads; keys[m] gets the index counted from the axis' start, or -1.
extern "C" __global__ void gather_order(const void* indices, int* keys, int* order, unsigned long long* faults, int slot, int wide,
        int count, int extent) {
    __shared__ int others[256];
    for (int start = blockIdx.x * 256; start < count; start += gridDim.x * 256) {
        int own = start + threadIdx.x;
        int key = own < count ? (int) normalized(indexAt(indices, wide, own), extent) : -1;
        int rank = 0;
        for (int tile = 0; tile < count; tile += 256) {
            int other = tile + threadIdx.x;
            others[threadIdx.x] = other < count ? (int) normalized(indexAt(indices, wide, other), extent) : extent;
            __syncthreads();
            int length = min(256, count - tile);
            for (int j = 0; j < length; j++) {
                rank += others[j] < key || (others[j] == key && tile + j < own);
            }
            __syncthreads();
        }
        if (own < count) {
            keys[own] = key;
            order[rank] = own;
            if (key < 0) {
                reportFault(faults, slot, count, own, indexAt(indices, wide, own));
            }
        }
    }
}

// Ranks first[e] .. last[e] - 1 have index e; both are zero where none has.
extern "C" __global__ void gather_bounds(const int* keys, const int* order, int* first, int* last, int count) {
    for (int rank = (int) firstPosition(); rank < count; rank += (int) positionStride()) {
        int key = keys[order[rank]];
        if (key >= 0 && (rank == 0 || keys[order[rank - 1]] != key)) {
            first[key] = rank;
        }
        if (key >= 0 && (rank == count - 1 || keys[order[rank + 1]] != key)) {
            last[key] = rank + 1;
        }
    }
}
