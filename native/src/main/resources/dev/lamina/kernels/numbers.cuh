// What kernels share: positions, 16-bit floating types, fault words. Text that other files include; no headers of the toolkit.
#pragma once

/// Divides a position by an extent; 64-bit division is slow and seldom needed.
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

/// This thread's number in a row of blocks, and how far threads stride.
__device__ __forceinline__ long long firstPosition() {
    return (long long) blockIdx.x * blockDim.x + threadIdx.x;
}

__device__ __forceinline__ long long positionStride() {
    return (long long) gridDim.x * blockDim.x;
}

__device__ __forceinline__ float fromBfloat16(unsigned short bits) {
    return __uint_as_float((unsigned) bits << 16);
}

/// To nearest, ties to even; NaN stays NaN.
__device__ __forceinline__ unsigned short toBfloat16(float value) {
    unsigned bits = __float_as_uint(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return 0x7fc0;
    }
    return (unsigned short) ((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

__device__ __forceinline__ float fromFloat16(unsigned short bits) {
    unsigned sign = (unsigned) (bits & 0x8000) << 16;
    unsigned magnitude = (unsigned) (bits & 0x7fff) << 13;
    if (magnitude >= 0x0f800000u) {
        return __uint_as_float(sign | 0x70000000u | magnitude);
    }
    // The exponents differ by 112, also for subnormal numbers.
    return __uint_as_float(sign | __float_as_uint(__uint_as_float(magnitude) * __uint_as_float(0x77800000u)));
}

/// To nearest, ties to even; NaN stays NaN, what is too large becomes infinite.
__device__ __forceinline__ unsigned short toFloat16(float value) {
    unsigned sign = (__float_as_uint(value) >> 16) & 0x8000u;
    unsigned magnitude = __float_as_uint(value) & 0x7fffffffu;
    if (magnitude > 0x7f800000u) {
        return 0x7e00;
    }
    if (magnitude >= 0x477ff000u) {
        return (unsigned short) (sign | 0x7c00u);
    }
    if (magnitude < 0x38800000u) {
        // Half's subnormal numbers are multiples of 2^-24, which is the spacing of floats at 0.5.
        return (unsigned short) (sign | (__float_as_uint(__fadd_rn(__uint_as_float(magnitude), 0.5f)) - 0x3f000000u));
    }
    return (unsigned short) (sign | ((magnitude + 0xc8000fffu + ((magnitude >> 13) & 1u)) >> 13));
}

/// Reports an index that is out of range. The word keeps the first position of all: (count - position) << 32 | value, limited to 32 bits.
__device__ __forceinline__ void reportFault(unsigned long long* faults, int slot, long long count, long long position, long long value) {
    long long limited = value < -2147483648LL ? -2147483648LL : value > 2147483647LL ? 2147483647LL : value;
    unsigned long long rank = (unsigned long long) (count - position > 0x7fffffffLL ? 0x7fffffffLL : count - position);
    atomicMax(faults + slot, rank << 32 | (unsigned long long) (unsigned) (int) limited);
}
