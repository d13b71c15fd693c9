// Local response normalisation across channels, where cuDNN does not take its parameters or types.
//
// ELEMENT is the type in memory: 0 float, 1 double, 2 bfloat16. Neighbouring channels of a place are inner elements apart: the size of a
// map where channels come first, 1 where they come last. A window is size channels, before of them before its own.
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

/// s = k + factor times the sum of squares in the window of element i, which is of channel c.
__device__ __forceinline__ Real base(const Stored* x, long long i, long long c, long long channels, long long inner, long long size,
        long long before, Real factor, Real k) {
    Real squares = 0;
    for (long long j = max(c - before, 0LL); j < min(c - before + size, channels); j++) {
        Real v = load(x + i + (j - c) * inner);
        squares += v * v;
    }
    return k + factor * squares;
}

/// y = x s^-beta.
extern "C" __global__ void lrn_forward(const Stored* x, Stored* y, long long total, long long channels, long long inner, long long size,
        long long before, Real factor, Real beta, Real k) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < total; i += (long long)gridDim.x * blockDim.x) {
        long long c = i / inner % channels;
        store(y + i, load(x + i) * pow(base(x, i, c, channels, inner, size, before, factor, k), -beta));
    }
}

/// through = gradient x s^(-beta - 1), what each window hands to its channels.
extern "C" __global__ void lrn_through(const Stored* gradient, const Stored* x, Real* through, long long total, long long channels,
        long long inner, long long size, long long before, Real factor, Real beta, Real k) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < total; i += (long long)gridDim.x * blockDim.x) {
        long long c = i / inner % channels;
        Real s = base(x, i, c, channels, inner, size, before, factor, k);
        through[i] = load(gradient + i) * load(x + i) * pow(s, -beta - 1);
    }
}

/// y = gradient s^-beta - 2 factor beta x (sum of through over the windows that hold the element).
extern "C" __global__ void lrn_gradient(const Stored* gradient, const Stored* x, const Real* through, Stored* y, long long total,
        long long channels, long long inner, long long size, long long before, Real factor, Real beta, Real k) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < total; i += (long long)gridDim.x * blockDim.x) {
        long long c = i / inner % channels;
        Real sum = 0;
        for (long long j = max(c + before - size + 1, 0LL); j < min(c + before + 1, channels); j++) {
            sum += through[i + (j - c) * inner];
        }
        Real s = base(x, i, c, channels, inner, size, before, factor, k);
        store(y + i, load(gradient + i) * pow(s, -beta) - 2 * factor * beta * load(x + i) * sum);
    }
}
