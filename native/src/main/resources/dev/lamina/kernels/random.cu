// Random numbers by Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011) under Lamina's convention, see dev.lamina.tensor.Philox: the key is
// the seed, the counter of elements 4b .. 4b+3 in row-major order is (b, stream, step), and element i takes word i mod 4. Seed and step are
// int64 scalars in device memory. Every thread takes four elements; values are rounded as the reference rounds them.
//! --fmad=false
#include "reals.cuh"

struct Words {
    unsigned int w[4];
};

__device__ __forceinline__ Words philox(long long seed, long long step, unsigned int stream, long long block) {
    unsigned int c0 = (unsigned int)block;
    unsigned int c1 = (unsigned int)((unsigned long long)block >> 32);
    unsigned int c2 = stream;
    unsigned int c3 = (unsigned int)step;
    unsigned int k0 = (unsigned int)seed;
    unsigned int k1 = (unsigned int)((unsigned long long)seed >> 32);
    #pragma unroll
    for (int round = 0; round < 10; round++) {
        const unsigned int high0 = __umulhi(0xD2511F53u, c0);
        const unsigned int high1 = __umulhi(0xCD9E8D57u, c2);
        const unsigned int low0 = 0xD2511F53u * c0;
        const unsigned int low1 = 0xCD9E8D57u * c2;
        c0 = high1 ^ c1 ^ k0;
        c2 = high0 ^ c3 ^ k1;
        c1 = low1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    Words words;
    words.w[0] = c0;
    words.w[1] = c1;
    words.w[2] = c2;
    words.w[3] = c3;
    return words;
}

// A multiple of 2^-24 in [0, 1).
__device__ __forceinline__ double fraction(unsigned int word) {
    return (word >> 8) * 5.9604644775390625e-8;
}

// Box and Muller from a pair of words.
__device__ __forceinline__ double standard_normal(unsigned int word0, unsigned int word1, bool second) {
    const double radius = sqrt(-2 * log(((word0 >> 8) + 1) * 5.9604644775390625e-8));
    const double angle = 2 * 3.14159265358979323846 * fraction(word1);
    return radius * (second ? sin(angle) : cos(angle));
}

struct Uniform {
    double low, range;

    __device__ __forceinline__ double operator()(const Words& words, int k) const {
        return low + range * fraction(words.w[k]);
    }
};

struct Normal {
    double mean, deviation;

    __device__ __forceinline__ double operator()(const Words& words, int k) const {
        return mean + deviation * standard_normal(words.w[k & 2], words.w[(k & 2) + 1], (k & 1) == 1);
    }
};

// 1 where the fraction, times 2^24, is below a threshold.
struct Bernoulli {
    unsigned int threshold;

    __device__ __forceinline__ double operator()(const Words& words, int k) const {
        return words.w[k] >> 8 < threshold ? 1 : 0;
    }
};

template <typename T, typename Draw>
__device__ __forceinline__ void sample(T* y, const long long* seed, const long long* step, int stream, long long n, Draw draw) {
    const long long threads = (long long)gridDim.x * blockDim.x;
    for (long long b = (long long)blockIdx.x * blockDim.x + threadIdx.x; 4 * b < n; b += threads) {
        const Words words = philox(*seed, *step, stream, b);
        Pack<T, 4> values;
        #pragma unroll
        for (int k = 0; k < 4; k++) {
            store(draw(words, k), values.v[k]);
        }
        if (4 * b + 4 <= n) {
            ((Pack<T, 4>*)y)[b] = values;
        } else {
            for (int k = 0; 4 * b + k < n; k++) {
                y[4 * b + k] = values.v[k];
            }
        }
    }
}

// x / keep where the fraction, times 2^24, reaches the threshold, else 0.
template <typename T>
__device__ __forceinline__ void drop(T x, unsigned int word, unsigned int threshold, double keep, T& y) {
    typedef typename Computed<T>::type R;
    store(word >> 8 >= threshold ? R(widen(x) / R(keep)) : R(0), y);
}

// x and y may be the same.
template <typename T>
__device__ __forceinline__ void dropout(const T* x, T* y, const long long* seed, const long long* step, int stream, long long n,
        unsigned int threshold, double keep) {
    const long long threads = (long long)gridDim.x * blockDim.x;
    for (long long b = (long long)blockIdx.x * blockDim.x + threadIdx.x; 4 * b < n; b += threads) {
        const Words words = philox(*seed, *step, stream, b);
        if (4 * b + 4 <= n) {
            const Pack<T, 4> from = ((const Pack<T, 4>*)x)[b];
            Pack<T, 4> to;
            #pragma unroll
            for (int k = 0; k < 4; k++) {
                drop(from.v[k], words.w[k], threshold, keep, to.v[k]);
            }
            ((Pack<T, 4>*)y)[b] = to;
        } else {
            for (int k = 0; 4 * b + k < n; k++) {
                drop(x[4 * b + k], words.w[k], threshold, keep, y[4 * b + k]);
            }
        }
    }
}

// The same for images [N, C, pixels] with channels innermost. Neighbours in memory are of different blocks, so each draws its own.
template <typename T>
__device__ __forceinline__ void dropout_last(const T* x, T* y, const long long* seed, const long long* step, int stream, long long n,
        unsigned int threshold, double keep, long long channels, long long pixels) {
    const long long threads = (long long)gridDim.x * blockDim.x;
    for (long long m = (long long)blockIdx.x * blockDim.x + threadIdx.x; m < n; m += threads) {
        const long long channel = m % channels;
        const long long pixel = m / channels % pixels;
        const long long image = m / channels / pixels;
        const long long i = (image * channels + channel) * pixels + pixel;
        const Words words = philox(*seed, *step, stream, i >> 2);
        const unsigned int even = i & 2 ? words.w[2] : words.w[0];
        const unsigned int odd = i & 2 ? words.w[3] : words.w[1];
        drop(x[m], i & 1 ? odd : even, threshold, keep, y[m]);
    }
}

#define RANDOM(NAME, T)                                                                                                                  \
    extern "C" __global__ void uniform_##NAME(T* y, const long long* seed, const long long* step, int stream, long long n, double low,    \
            double range) {                                                                                                              \
        sample(y, seed, step, stream, n, Uniform{low, range});                                                                           \
    }                                                                                                                                    \
    extern "C" __global__ void normal_##NAME(T* y, const long long* seed, const long long* step, int stream, long long n, double mean,    \
            double deviation) {                                                                                                          \
        sample(y, seed, step, stream, n, Normal{mean, deviation});                                                                       \
    }                                                                                                                                    \
    extern "C" __global__ void bernoulli_##NAME(T* y, const long long* seed, const long long* step, int stream, long long n,              \
            int threshold) {                                                                                                             \
        sample(y, seed, step, stream, n, Bernoulli{(unsigned int)threshold});                                                            \
    }                                                                                                                                    \
    extern "C" __global__ void dropout_##NAME(const T* x, T* y, const long long* seed, const long long* step, int stream, long long n,    \
            int threshold, double keep) {                                                                                                \
        dropout(x, y, seed, step, stream, n, threshold, keep);                                                                           \
    }                                                                                                                                    \
    extern "C" __global__ void dropout_last_##NAME(const T* x, T* y, const long long* seed, const long long* step, int stream,            \
            long long n, int threshold, double keep, long long channels, long long pixels) {                                             \
        dropout_last(x, y, seed, step, stream, n, threshold, keep, channels, pixels);                                                    \
    }

RANDOM(float32, float)
RANDOM(float64, double)
RANDOM(bfloat16, bfloat16)
RANDOM(float16, float16)
