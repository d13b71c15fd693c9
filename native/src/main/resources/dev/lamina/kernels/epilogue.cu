// What follows a convolution or matrix product in one pass: bias, another tensor, rectifier.
//
// ELEMENT is the type in memory: 0 float, 1 double, 2 bfloat16. The bias is of the type Real.
#if ELEMENT == 2
typedef unsigned short Stored;
typedef float Real;

__device__ __forceinline__ Real load(const Stored* p) {
    return __uint_as_float((unsigned)*p << 16);
}

/// Rounds to the nearest, ties to even; a NaN stays one.
__device__ __forceinline__ void store(Stored* p, Real value) {
    unsigned bits = __float_as_uint(value);
    *p = value == value ? (Stored)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16) : (Stored)((bits >> 16) | 0x40u);
}
#else
#if ELEMENT == 1
typedef double Stored;
typedef double Real;
#else
typedef float Stored;
typedef float Real;
#endif

__device__ __forceinline__ Real load(const Stored* p) {
    return *p;
}

__device__ __forceinline__ void store(Stored* p, Real value) {
    *p = value;
}
#endif

/// y[i] = f(y[i] + bias[i / inner % channels] + other[i]), where f is max(0, .) if relu is not 0; NaN stays NaN.
/// A part whose flag is 0 is left out and its pointer is not read.
extern "C" __global__ void epilogue(Stored* y, const Real* bias, const Stored* other, long long total, long long channels, long long inner,
        int hasBias, int hasOther, int relu) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < total; i += (long long)gridDim.x * blockDim.x) {
        Real value = load(y + i);
        if (hasBias) {
            value += total < (1LL << 31) ? bias[(unsigned)i / (unsigned)inner % (unsigned)channels] : bias[i / inner % channels];
        }
        if (hasOther) {
            value += load(other + i);
        }
        store(y + i, relu && value < 0 ? (Real)0 : value);
    }
}
