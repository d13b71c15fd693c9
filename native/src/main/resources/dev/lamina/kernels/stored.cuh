// The element type that a module is compiled for: one of ELEMENT_FLOAT32, _FLOAT64, _BFLOAT16, _FLOAT16, _INT32, _INT64, _UINT8 is defined.
// Stored lies in memory, Number is what is computed with.
#include "positions.cuh"

#if defined(ELEMENT_FLOAT64)
typedef double Stored;
typedef double Number;
#elif defined(ELEMENT_FLOAT32)
typedef float Stored;
typedef float Number;
#elif defined(ELEMENT_BFLOAT16)
typedef bfloat16 Stored;
typedef float Number;
#elif defined(ELEMENT_FLOAT16)
typedef float16 Stored;
typedef float Number;
#elif defined(ELEMENT_INT32)
typedef int Stored;
typedef long long Number;
#elif defined(ELEMENT_INT64)
typedef long long Stored;
typedef long long Number;
#elif defined(ELEMENT_UINT8)
typedef unsigned char Stored;
typedef long long Number;
#else
#error "no ELEMENT_ type is defined"
#endif

#if defined(ELEMENT_BFLOAT16)
__device__ __forceinline__ Number load(Stored bits) {
    return widen_bfloat16(bits);
}

__device__ __forceinline__ void store(Stored& place, Number value) {
    place = narrow_bfloat16(value);
}
#elif defined(ELEMENT_FLOAT16)
__device__ __forceinline__ Number load(Stored bits) {
    return widen_float16(bits);
}

__device__ __forceinline__ void store(Stored& place, Number value) {
    place = narrow_float16(value);
}
#else
__device__ __forceinline__ Number load(Stored value) {
    return (Number) value;
}

__device__ __forceinline__ void store(Stored& place, Number value) {
    place = (Stored) value;
}
#endif

#if defined(ELEMENT_FLOAT64)
__device__ __forceinline__ Number largestNumber() {
    return __longlong_as_double(0x7ff0000000000000LL);
}
#elif defined(ELEMENT_FLOAT32) || defined(ELEMENT_BFLOAT16) || defined(ELEMENT_FLOAT16)
__device__ __forceinline__ Number largestNumber() {
    return __uint_as_float(0x7f800000u);
}
#endif

#if defined(ELEMENT_INT32) || defined(ELEMENT_INT64) || defined(ELEMENT_UINT8)
__device__ __forceinline__ Number largestNumber() {
    return 0x7fffffffffffffffLL;
}

__device__ __forceinline__ Number smallestNumber() {
    return -0x7fffffffffffffffLL - 1;
}

__device__ __forceinline__ bool isNan(Number) {
    return false;
}
#else
__device__ __forceinline__ Number smallestNumber() {
    return -largestNumber();
}

__device__ __forceinline__ bool isNan(Number value) {
    return value != value;
}
#endif

// True if a takes the place of b as the largest so far; NaN beats numbers, ties and a second NaN do not.
__device__ __forceinline__ bool beats(Number a, Number b) {
    return a > b || (isNan(a) && !isNan(b));
}
