// Average pooling with any window, where cuDNN does not take it.
//
// Images are [N, H, W, C]; where channels come first they are passed as N C images of one channel.
#include "stored.cuh"

#define WINDOWS long long images, long long channels, long long height, long long width, long long p, long long q, long long kernelH, \
        long long kernelW, long long strideH, long long strideW, long long padTop, long long padLeft, long long padBottom, \
        long long padRight, long long dilationH, long long dilationW, int countPadding

// How many taps of a window that starts here count along one axis: those in the image, or those before the padding's end.
__device__ __forceinline__ long long counted(long long start, long long taps, long long dilation, long long extent, long long padEnd,
        int countPadding) {
    long long count = 0;
    for (long long t = 0; t < taps; t++) {
        long long place = start + t * dilation;
        count += countPadding ? place < extent + padEnd : place >= 0 && place < extent;
    }
    return count;
}

// y = mean of each window of x.
extern "C" __global__ void average_pool(const Stored* x, Stored* y, WINDOWS) {
    long long total = images * p * q * channels;
    for (long long index = firstPosition(); index < total; index += positionStride()) {
        long long c = index % channels;
        long long left = index / channels % q * strideW - padLeft;
        long long top = index / (channels * q) % p * strideH - padTop;
        long long n = index / (channels * q * p);
        Number sum = 0;
        for (long long a = 0; a < kernelH; a++) {
            long long h = top + a * dilationH;
            for (long long b = 0; h >= 0 && h < height && b < kernelW; b++) {
                long long w = left + b * dilationW;
                if (w >= 0 && w < width) {
                    sum += load(x[((n * height + h) * width + w) * channels + c]);
                }
            }
        }
        long long count = counted(top, kernelH, dilationH, height, padBottom, countPadding)
                * counted(left, kernelW, dilationW, width, padRight, countPadding);
        store(y[index], sum / (Number)max(count, 1LL));
    }
}

// The adjoint: each element of x sums its share of the windows that hold it.
extern "C" __global__ void average_pool_gradient(const Stored* y, Stored* x, WINDOWS) {
    long long total = images * height * width * channels;
    for (long long index = firstPosition(); index < total; index += positionStride()) {
        long long c = index % channels;
        long long w = index / channels % width;
        long long h = index / (channels * width) % height;
        long long n = index / (channels * width * height);
        Number sum = 0;
        for (long long a = 0; a < kernelH; a++) {
            long long up = h + padTop - a * dilationH;
            if (up < 0 || up % strideH != 0 || up / strideH >= p) {
                continue;
            }
            long long i = up / strideH;
            long long rows = counted(i * strideH - padTop, kernelH, dilationH, height, padBottom, countPadding);
            for (long long b = 0; b < kernelW; b++) {
                long long left = w + padLeft - b * dilationW;
                if (left < 0 || left % strideW != 0 || left / strideW >= q) {
                    continue;
                }
                long long j = left / strideW;
                long long columns = counted(j * strideW - padLeft, kernelW, dilationW, width, padRight, countPadding);
                sum += load(y[((n * p + i) * q + j) * channels + c]) / (Number)max(rows * columns, 1LL);
            }
        }
        store(x[index], sum);
    }
}
