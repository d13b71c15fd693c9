// Floating types by overloads: from memory to the type that is computed in, and back. Includes elements.cuh.
#include "elements.cuh"

// float, but double for double.
template <typename T>
struct Computed {
    typedef float type;
};

template <>
struct Computed<double> {
    typedef double type;
};

__device__ __forceinline__ float widen(float value) {
    return value;
}

__device__ __forceinline__ double widen(double value) {
    return value;
}

__device__ __forceinline__ float widen(bfloat16 value) {
    return widen_bfloat16(value);
}

__device__ __forceinline__ float widen(float16 value) {
    return widen_float16(value);
}

__device__ __forceinline__ void store(float value, float& memory) {
    memory = value;
}

__device__ __forceinline__ void store(double value, double& memory) {
    memory = value;
}

__device__ __forceinline__ void store(float value, bfloat16& memory) {
    memory = narrow_bfloat16(value);
}

__device__ __forceinline__ void store(float value, float16& memory) {
    memory = narrow_float16(value);
}

// Rounded once.
__device__ __forceinline__ void store(double value, float& memory) {
    memory = (float)value;
}

__device__ __forceinline__ void store(double value, bfloat16& memory) {
    memory = narrow_bfloat16(round_to_odd(value));
}

__device__ __forceinline__ void store(double value, float16& memory) {
    memory = narrow_float16(round_to_odd(value));
}
