// Local response normalisation across channels, where cuDNN does not take its parameters or types.
//
// Neighbouring channels of a place are inner elements apart: the size of a map where channels come first, 1 where they come last. A window
// is size channels, before of them before its own.
#include "stored.cuh"

// s = k + factor times the sum of squares in the window of element i, which is of channel c.
__device__ __forceinline__ Number base(const Stored* x, long long i, long long c, long long channels, long long inner, long long size,
        long long before, Number factor, Number k) {
    Number squares = 0;
    for (long long j = max(c - before, 0LL); j < min(c - before + size, channels); j++) {
        Number v = load(x[i + (j - c) * inner]);
        squares += v * v;
    }
    return k + factor * squares;
}

// y = x s^-beta.
extern "C" __global__ void lrn_forward(const Stored* x, Stored* y, long long total, long long channels, long long inner, long long size,
        long long before, Number factor, Number beta, Number k) {
    for (long long i = firstPosition(); i < total; i += positionStride()) {
        long long c = i / inner % channels;
        store(y[i], load(x[i]) * pow(base(x, i, c, channels, inner, size, before, factor, k), -beta));
    }
}

// through = gradient x s^(-beta - 1), what each window hands to its channels.
extern "C" __global__ void lrn_through(const Stored* gradient, const Stored* x, Number* through, long long total, long long channels,
        long long inner, long long size, long long before, Number factor, Number beta, Number k) {
    for (long long i = firstPosition(); i < total; i += positionStride()) {
        long long c = i / inner % channels;
        Number s = base(x, i, c, channels, inner, size, before, factor, k);
        through[i] = load(gradient[i]) * load(x[i]) * pow(s, -beta - 1);
    }
}

// y = gradient s^-beta - 2 factor beta x (sum of through over the windows that hold the element).
extern "C" __global__ void lrn_gradient(const Stored* gradient, const Stored* x, const Number* through, Stored* y, long long total,
        long long channels, long long inner, long long size, long long before, Number factor, Number beta, Number k) {
    for (long long i = firstPosition(); i < total; i += positionStride()) {
        long long c = i / inner % channels;
        Number sum = 0;
        for (long long j = max(c + before - size + 1, 0LL); j < min(c + before + 1, channels); j++) {
            sum += through[i + (j - c) * inner];
        }
        Number s = base(x, i, c, channels, inner, size, before, factor, k);
        store(y[i], load(gradient[i]) * pow(s, -beta) - 2 * factor * beta * load(x[i]) * sum);
    }
}
