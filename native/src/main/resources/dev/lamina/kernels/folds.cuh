// Sums and extremes across the threads of a row, in an order that depends on the block's shape only.
#include "stored.cuh"

struct Sum {
    static __device__ __forceinline__ Number none() {
        return 0;
    }

    static __device__ __forceinline__ Number join(Number a, Number b) {
        return a + b;
    }
};

// NaN wins.
struct Largest {
    static __device__ __forceinline__ Number none() {
        return smallestNumber();
    }

    static __device__ __forceinline__ Number join(Number a, Number b) {
        return beats(b, a) ? b : a;
    }
};

struct Smallest {
    static __device__ __forceinline__ Number none() {
        return largestNumber();
    }

    static __device__ __forceinline__ Number join(Number a, Number b) {
        return b < a || (isNan(b) && !isNan(a)) ? b : a;
    }
};

// Joins the values of a row of threads: threadIdx.x over blockDim.x, which is 32, or a larger multiple of it in a block of one row. All
// threads of the block take part and get the result.
template <class Fold>
__device__ __forceinline__ Number acrossRow(Number value) {
    for (int distance = 16; distance > 0; distance /= 2) {
        value = Fold::join(value, __shfl_xor_sync(0xffffffffu, value, distance));
    }
    if (blockDim.x > 32) {
        __shared__ Number warps[32];
        __syncthreads();
        if (threadIdx.x % 32 == 0) {
            warps[threadIdx.x / 32] = value;
        }
        __syncthreads();
        value = warps[0];
        for (int warp = 1; warp < (int) (blockDim.x / 32); warp++) {
            value = Fold::join(value, warps[warp]);
        }
    }
    return value;
}
