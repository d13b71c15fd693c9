// What follows a convolution or matrix product in one pass: bias, another tensor, rectifier.
//
// The bias is of the type that sums have, Number.
#include "stored.cuh"

// y[i] = f(y[i] + bias[i / inner % channels] + other[i]), where f is max(0, .) if relu is not 0; NaN stays NaN.
// A part whose flag is 0 is left out and its pointer is not read.
extern "C" __global__ void epilogue(Stored* y, const Number* bias, const Stored* other, long long total, long long channels,
        long long inner, int hasBias, int hasOther, int relu) {
    for (long long i = firstPosition(); i < total; i += positionStride()) {
        Number value = load(y[i]);
        if (hasBias) {
            long long within;
            long long channel;
            divide(divide(i, inner, within), channels, channel);
            value += bias[channel];
        }
        if (hasOther) {
            value += load(other[i]);
        }
        store(y[i], relu && value < 0 ? (Number)0 : value);
    }
}
