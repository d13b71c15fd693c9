// Max pooling and moves by its winners. Images are [outer, height, width, inner] in memory: NCHW has outer = N C and inner = 1, channels
// last outer = N and inner = C. Winners are positions h * width + w within a map, or -1 where a window holds only padding.
#include "stored.cuh"

#define POOLED                                                                                                                        \
    long long all, long long inner, int height, int width, int p, int q, int kernelH, int kernelW, int strideH, int strideW, int padH, \
            int padW, int dilationH, int dilationW
#define POOL all, inner, height, width, p, q, kernelH, kernelW, strideH, strideW, padH, padW, dilationH, dilationW

// y = the largest element of each window, the first of equal ones in row-major order; NaN beats numbers. y and winners are
// [outer, p, q, inner], `all` are their elements. Winners are written if WINNERS says so.
template <bool WINNERS>
__device__ __forceinline__ void maxPool(const Stored* x, Stored* y, int* winners, POOLED) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        long long k;
        long long column;
        long long row;
        long long map = divide(divide(divide(i, inner, k), q, column), p, row);
        int top = (int) row * strideH - padH;
        int left = (int) column * strideW - padW;
        const Stored* image = x + map * height * width * inner + k;
        int winner = -1;
        Number best = smallestNumber();
        for (int r = 0; r < kernelH; r++) {
            int h = top + r * dilationH;
            if (h < 0 || h >= height) {
                continue;
            }
            for (int s = 0; s < kernelW; s++) {
                int w = left + s * dilationW;
                if (w >= 0 && w < width) {
                    Number value = load(image[(long long) (h * width + w) * inner]);
                    if (winner < 0 || beats(value, best)) {
                        winner = h * width + w;
                        best = value;
                    }
                }
            }
        }
        store(y[i], best);
        if (WINNERS) {
            winners[i] = winner;
        }
    }
}

extern "C" __global__ void max_pool(const Stored* x, Stored* y, POOLED) {
    maxPool<false>(x, y, 0, POOL);
}

extern "C" __global__ void max_pool_winners(const Stored* x, Stored* y, int* winners, POOLED) {
    maxPool<true>(x, y, winners, POOL);
}

// The first and the last window along an axis that can reach a position.
__device__ __forceinline__ int firstWindow(int at, int kernel, int stride, int pad, int dilation) {
    int behind = at + pad - (kernel - 1) * dilation;
    return behind <= 0 ? 0 : (behind + stride - 1) / stride;
}

__device__ __forceinline__ int lastWindow(int at, int stride, int pad, int windows) {
    return min((at + pad) / stride, windows - 1);
}

// What an element at h, w of a map asks the windows that reach it: whether it won. SUM: the sum of what these hold, in row-major order; else the
// last. `g` and `winners` start at the map's first window.
template <bool SUM>
__device__ __forceinline__ Number fromWindows(const Stored* g, const int* winners, int h, int w, POOLED) {
    int bottom = lastWindow(h, strideH, padH, p);
    int left = firstWindow(w, kernelW, strideW, padW, dilationW);
    int right = lastWindow(w, strideW, padW, q);
    Number value = 0;
    for (int row = firstWindow(h, kernelH, strideH, padH, dilationH); row <= bottom; row++) {
        for (int column = left; column <= right; column++) {
            long long window = (long long) (row * q + column) * inner;
            if (winners[window] == h * width + w) {
                value = SUM ? value + load(g[window]) : load(g[window]);
            }
        }
    }
    return value;
}

// `all` are x's elements. RELU: nothing flows where `rectified`, which lies like x, is not positive.
template <bool SUM, bool RELU>
__device__ __forceinline__ void byWindows(const Stored* g, const int* winners, Stored* x, const Stored* rectified, POOLED) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        if (RELU && !(load(rectified[i]) > 0)) {
            store(x[i], 0);
            continue;
        }
        long long k;
        long long w;
        long long h;
        long long map = divide(divide(divide(i, inner, k), width, w), height, h);
        long long first = map * p * q * inner + k;
        store(x[i], fromWindows<SUM>(g + first, winners + first, (int) h, (int) w, POOL));
    }
}

extern "C" __global__ void max_pool_gradient(const Stored* g, const int* winners, Stored* x, POOLED) {
    byWindows<true, false>(g, winners, x, 0, POOL);
}

extern "C" __global__ void max_pool_gradient_relu(const Stored* g, const int* winners, Stored* x, const Stored* rectified, POOLED) {
    byWindows<true, true>(g, winners, x, rectified, POOL);
}

extern "C" __global__ void max_unpool(const Stored* g, const int* winners, Stored* x, POOLED) {
    byWindows<false, false>(g, winners, x, 0, POOL);
}

// The same where it is not known which windows reach what: a thread walks the `places` of one map in order, so that sums repeat bit for
// bit. x is [outer, size, inner] and zero before; values and winners are [outer, places, inner]; `maps` are outer * inner. Winners out
// of range are reported.
template <bool SUM>
__device__ __forceinline__ void byPlaces(const Stored* g, const int* winners, Stored* x, unsigned long long* faults, int slot,
        long long maps, long long inner, long long places, long long size) {
    for (long long i = firstPosition(); i < maps; i += positionStride()) {
        long long k;
        long long map = divide(i, inner, k);
        Stored* image = x + map * size * inner + k;
        for (long long place = 0; place < places; place++) {
            long long from = (map * places + place) * inner + k;
            int winner = winners[from];
            if (winner < -1 || winner >= size) {
                reportFault(faults, slot, maps * places, from, winner);
            } else if (winner >= 0) {
                Stored& target = image[winner * inner];
                store(target, SUM ? load(target) + load(g[from]) : load(g[from]));
            }
        }
    }
}

extern "C" __global__ void max_pool_gradient_serial(const Stored* g, const int* winners, Stored* x, unsigned long long* faults, int slot,
        long long maps, long long inner, long long places, long long size) {
    byPlaces<true>(g, winners, x, faults, slot, maps, inner, places, size);
}

extern "C" __global__ void max_unpool_serial(const Stored* g, const int* winners, Stored* x, unsigned long long* faults, int slot,
        long long maps, long long inner, long long places, long long size) {
    byPlaces<false>(g, winners, x, faults, slot, maps, inner, places, size);
}
