// Element types that CUDA C lacks, as 16 bits in memory and float in registers, without the toolkit's headers.

typedef unsigned short bfloat16;

// IEEE 754 binary16; a struct, so that overloads tell it from bfloat16.
struct float16 {
    unsigned short bits;
};

__device__ __forceinline__ float widen_bfloat16(bfloat16 value) {
    return __uint_as_float((unsigned int)value << 16);
}

// To nearest, ties to even; every NaN becomes the quiet one.
__device__ __forceinline__ bfloat16 narrow_bfloat16(float value) {
    const unsigned int bits = __float_as_uint(value);
    return value != value ? 0x7fc0 : (bfloat16)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

__device__ __forceinline__ float widen_float16(float16 value) {
    const unsigned int sign = (unsigned int)(value.bits & 0x8000u) << 16;
    const unsigned int magnitude = value.bits & 0x7fffu;
    if (magnitude < 0x0400u) {
        return __uint_as_float(sign | __float_as_uint((float)magnitude * 5.9604644775390625e-8f));
    }
    return __uint_as_float(sign | ((magnitude << 13) + (magnitude >= 0x7c00u ? 0x70000000u : 0x38000000u)));
}

// To nearest, ties to even.
__device__ __forceinline__ float16 narrow_float16(float value) {
    const unsigned int bits = __float_as_uint(value);
    const unsigned int sign = (bits >> 16) & 0x8000u;
    const unsigned int magnitude = bits & 0x7fffffffu;
    unsigned int narrow;
    if (magnitude > 0x7f800000u) {
        narrow = 0x7e00u;
    } else if (magnitude >= 0x477ff000u) {
        narrow = 0x7c00u;
    } else if (magnitude < 0x38800000u) {
        // Next to 0.5, floats lie as far apart as the smallest binary16 numbers: the addition rounds.
        narrow = __float_as_uint(__uint_as_float(magnitude) + 0.5f) - 0x3f000000u;
    } else {
        narrow = (magnitude + 0xfffu + ((magnitude >> 13) & 1u) - 0x38000000u) >> 13;
    }
    float16 result;
    result.bits = (unsigned short)(sign | narrow);
    return result;
}

// A float such that a second rounding to fewer bits gives what one rounding of the double would.
__device__ __forceinline__ float round_to_odd(double value) {
    const float nearest = (float)value;
    if ((double)nearest == value || nearest != nearest) {
        return nearest;
    }
    const unsigned int bits = __float_as_uint(nearest);
    const bool above = fabs((double)nearest) > fabs(value);
    return __uint_as_float((above ? bits - 1u : bits) | 1u);
}

// N elements that are read or written by one access.
template <typename T, int N>
struct alignas(sizeof(T) * N) Pack {
    T v[N];
};
