// What generated chains of pointwise functions are made of. T is float or double; NaN operands give NaN unless said. Products are rounded
// before they are added, as they are without fusion.
//! --fmad=false
#include "elements.cuh"

// Positions in an operand whose elements are repeated: each `inner` times in a row, all `count` of them over and over.
template <typename Index>
struct Period {
    Index inner, count, repeated, at;

    __device__ __forceinline__ Period(Index i, Index inner, Index count)
        : inner(inner), count(count), repeated(i % inner), at(i / inner % count) {}

    __device__ __forceinline__ Index next() {
        const Index present = at;
        if (++repeated == inner) {
            repeated = 0;
            if (++at == count) {
                at = 0;
            }
        }
        return present;
    }
};

// As Java's casts: toward zero, saturating, 0 for NaN.
__device__ __forceinline__ long long truncated(double value) {
    if (value != value) {
        return 0;
    }
    if (value >= 9223372036854775808.0) {
        return 0x7fffffffffffffffLL;
    }
    return value <= -9223372036854775808.0 ? -0x7fffffffffffffffLL - 1 : (long long)value;
}

// The larger; +0 is larger than -0.
template <typename T>
__device__ __forceinline__ T larger(T a, T b) {
    return a > b ? a : b > a ? b : (a == b && a != T(0)) ? a : a + b;
}

template <typename T>
__device__ __forceinline__ T smaller(T a, T b) {
    return -larger(-a, -b);
}

template <typename T>
__device__ __forceinline__ T sign(T x) {
    return x > T(0) ? T(1) : x < T(0) ? T(-1) : x;
}

template <typename T>
__device__ __forceinline__ T sigmoid(T x) {
    const T e = exp(-fabs(x));
    return (x >= T(0) ? T(1) : e) / (T(1) + e);
}

template <typename T>
__device__ __forceinline__ T softplus(T x) {
    return (x <= T(0) ? T(0) : x) + log1p(exp(-fabs(x)));
}

// As Java's: where the exponent is NaN, or infinite and the base 1 or -1, NaN.
template <typename T>
__device__ __forceinline__ T power(T x, T y) {
    return y != y || (fabs(x) == T(1) && y - y != T(0)) ? y - y : pow(x, y);
}

template <typename T>
__device__ __forceinline__ T gelu(T x) {
    const T half_erfc = T(0.5) * erfc(-x * T(0.70710678118654752440));
    return half_erfc == T(0) ? T(-0.0) : x * half_erfc;
}

// 0.5 x (1 + tanh u) as x / (1 + e^-2u), which does not cancel.
template <typename T>
__device__ __forceinline__ T gelu_tanh(T x) {
    const T u = T(0.79788456080286535588) * (x + T(0.044715) * x * x * x);
    const T e = exp(T(-2) * u);
    return e - e != T(0) && x < T(0) ? T(-0.0) : x / (T(1) + e);
}
