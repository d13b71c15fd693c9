// Convolutions that cuDNN does not take, and the padding of those that it takes only with equal padding at both ends.
//
// Images are [N, C, H, W], filters [K, C / groups, R, S]; in memory in that order, or with channels last where channelsLast is not 0.
#include "stored.cuh"

// Position of an element of a tensor [.., c of C, h of H, w of W].
__device__ __forceinline__ long long at(long long n, long long c, long long h, long long w, long long C, long long H, long long W,
        int channelsLast) {
    return channelsLast ? ((n * H + h) * W + w) * C + c : ((n * C + c) * H + h) * W + w;
}

// y[n, h, w, c] = x[n, h + offsetH, w + offsetW, c], 0 outside of x: pads, crops, or both. Images whose channels come first are passed
// as images of one channel.
extern "C" __global__ void shift_images(const Stored* x, Stored* y, long long images, long long channels, long long height, long long width,
        long long p, long long q, long long offsetH, long long offsetW) {
    long long total = images * p * q * channels;
    for (long long i = firstPosition(); i < total; i += positionStride()) {
        long long c = i % channels;
        long long w = i / channels % q + offsetW;
        long long h = i / (channels * q) % p + offsetH;
        long long n = i / (channels * q * p);
        bool inside = h >= 0 && h < height && w >= 0 && w < width;
        y[i] = inside ? x[((n * height + h) * width + w) * channels + c] : Stored{};
    }
}

#define EXTENTS long long images, long long groups, long long channels, long long height, long long width, long long filters, \
        long long p, long long q, long long r, long long s, long long strideH, long long strideW, long long padH, long long padW, \
        long long dilationH, long long dilationW, int channelsLast

// y[n, k, i, j] = sum of w[k, c, a, b] x[n, c, i strideH - padH + a dilationH, ...]; channels and filters are those of a group.
extern "C" __global__ void convolution_forward(const Stored* x, const Stored* w, Stored* y, EXTENTS) {
    long long total = images * groups * filters * p * q;
    for (long long index = firstPosition(); index < total; index += positionStride()) {
        long long j = index % q;
        long long i = index / q % p;
        long long k = index / (q * p) % (filters * groups);
        long long n = index / (q * p * filters * groups);
        long long first = k / filters * channels;
        Number sum = 0;
        for (long long c = 0; c < channels; c++) {
            for (long long a = 0; a < r; a++) {
                long long h = i * strideH - padH + a * dilationH;
                for (long long b = 0; h >= 0 && h < height && b < s; b++) {
                    long long v = j * strideW - padW + b * dilationW;
                    if (v >= 0 && v < width) {
                        sum += load(w[at(k, c, a, b, channels, r, s, channelsLast)])
                                * load(x[at(n, first + c, h, v, channels * groups, height, width, channelsLast)]);
                    }
                }
            }
        }
        store(y[at(n, k, i, j, filters * groups, p, q, channelsLast)], sum);
    }
}

// The adjoint in x: x[n, c, h, v] = sum of w[k, c, a, b] y[n, k, i, j] over the windows (i, j) whose tap (a, b) meets (h, v).
extern "C" __global__ void convolution_data(const Stored* y, const Stored* w, Stored* x, EXTENTS) {
    long long total = images * groups * channels * height * width;
    for (long long index = firstPosition(); index < total; index += positionStride()) {
        long long v = index % width;
        long long h = index / width % height;
        long long c = index / (width * height) % (channels * groups);
        long long n = index / (width * height * channels * groups);
        long long first = c / channels * filters;
        Number sum = 0;
        for (long long k = first; k < first + filters; k++) {
            for (long long a = 0; a < r; a++) {
                long long up = h + padH - a * dilationH;
                if (up < 0 || up % strideH != 0 || up / strideH >= p) {
                    continue;
                }
                for (long long b = 0; b < s; b++) {
                    long long left = v + padW - b * dilationW;
                    if (left >= 0 && left % strideW == 0 && left / strideW < q) {
                        sum += load(w[at(k, c % channels, a, b, channels, r, s, channelsLast)])
                                * load(y[at(n, k, up / strideH, left / strideW, filters * groups, p, q, channelsLast)]);
                    }
                }
            }
        }
        store(x[at(n, c, h, v, channels * groups, height, width, channelsLast)], sum);
    }
}

// The adjoint in w: w[k, c, a, b] = sum of y[n, k, i, j] x[n, c, i strideH - padH + a dilationH, ...]. One block for each element of w.
extern "C" __global__ void convolution_filter(const Stored* x, const Stored* y, Stored* w, EXTENTS) {
    __shared__ Number sums[256];
    long long total = groups * filters * channels * r * s;
    for (long long index = blockIdx.x; index < total; index += gridDim.x) {
        long long b = index % s;
        long long a = index / s % r;
        long long c = index / (s * r) % channels;
        long long k = index / (s * r * channels);
        long long channel = k / filters * channels + c;
        Number sum = 0;
        for (long long place = threadIdx.x; place < images * p * q; place += blockDim.x) {
            long long j = place % q;
            long long i = place / q % p;
            long long n = place / (q * p);
            long long h = i * strideH - padH + a * dilationH;
            long long v = j * strideW - padW + b * dilationW;
            if (h >= 0 && h < height && v >= 0 && v < width) {
                sum += load(y[at(n, k, i, j, filters * groups, p, q, channelsLast)])
                        * load(x[at(n, channel, h, v, channels * groups, height, width, channelsLast)]);
            }
        }
        sums[threadIdx.x] = sum;
        __syncthreads();
        for (unsigned half = blockDim.x / 2; half > 0; half /= 2) {
            if (threadIdx.x < half) {
                sums[threadIdx.x] += sums[threadIdx.x + half];
            }
            __syncthreads();
        }
        if (threadIdx.x == 0) {
            store(w[at(k, c, a, b, channels, r, s, channelsLast)], sums[0]);
        }
        __syncthreads();
    }
}
