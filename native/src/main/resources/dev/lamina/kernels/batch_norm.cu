// Batch normalisation with channels last or first: y = gamma (x - mean) / sqrt(variance + epsilon) + beta, and its gradient.
//
// x, y and the gradient are Stored, all else is of the type Number.
// x is [rows, channels] (names with rows: channels last) or [images, channels, inner] (names with planes). Sums are made in parts, each by
// one block, and added in a fixed order, so that results repeat bit for bit. A block has 256 threads.
#include "stored.cuh"

// Adds the two sums of the threads of one column (same threadIdx.x) and stores them as part blockIdx.y of a channel. The arrays are shared
// memory for each thread of the block.
__device__ __forceinline__ void store_part(Number* first, Number* second, Number* parts, long long channel, long long channels) {
    unsigned me = threadIdx.y * blockDim.x + threadIdx.x;
    __syncthreads();
    for (unsigned half = blockDim.y / 2; half > 0; half /= 2) {
        if (threadIdx.y < half) {
            first[me] += first[me + half * blockDim.x];
            second[me] += second[me + half * blockDim.x];
        }
        __syncthreads();
    }
    if (threadIdx.y == 0 && channel < channels) {
        parts[(long long)blockIdx.y * channels + channel] = first[me];
        parts[((long long)gridDim.y + blockIdx.y) * channels + channel] = second[me];
    }
}

// Sums of x - x0 and its square, x0 the channel's first element: what is left cancels little. Part blockIdx.y of gridDim.y.
extern "C" __global__ void statistics_rows(const Stored* x, Number* parts, long long rows, long long channels) {
    __shared__ Number first[256];
    __shared__ Number second[256];
    long long channel = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    Number sum = 0;
    Number squares = 0;
    if (channel < channels) {
        Number origin = load(x[channel]);
        for (long long row = blockIdx.y * (long long)blockDim.y + threadIdx.y; row < rows; row += (long long)gridDim.y * blockDim.y) {
            Number d = load(x[row * channels + channel]) - origin;
            sum += d;
            squares += d * d;
        }
    }
    first[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    second[threadIdx.y * blockDim.x + threadIdx.x] = squares;
    store_part(first, second, parts, channel, channels);
}

// The same with channels first; blockIdx.x is the channel. Threads lie along x only, and are folded as a column.
extern "C" __global__ void statistics_planes(const Stored* x, Number* parts, long long images, long long channels, long long inner) {
    __shared__ Number first[256];
    __shared__ Number second[256];
    long long channel = blockIdx.x;
    Number origin = load(x[channel * inner]);
    Number sum = 0;
    Number squares = 0;
    for (long long i = blockIdx.y * (long long)blockDim.y + threadIdx.y; i < images * inner; i += (long long)gridDim.y * blockDim.y) {
        Number d = load(x[(i / inner * channels + channel) * inner + i % inner]) - origin;
        sum += d;
        squares += d * d;
    }
    first[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    second[threadIdx.y * blockDim.x + threadIdx.x] = squares;
    store_part(first, second, parts, channel, channels);
}

// Mean and biased variance of count elements a channel from the parts; a channel's first element is at x[channel * inner].
extern "C" __global__ void statistics_total(const Stored* x, const Number* parts, Number* mean, Number* variance, long long channels,
        long long inner, long long splits, double count) {
    for (long long c = firstPosition(); c < channels; c += positionStride()) {
        double sum = 0;
        double squares = 0;
        for (long long part = 0; part < splits; part++) {
            sum += parts[part * channels + c];
            squares += parts[(splits + part) * channels + c];
        }
        double offset = sum / count;
        mean[c] = (Number)(load(x[c * inner]) + offset);
        variance[c] = (Number)max(squares / count - offset * offset, 0.0);
    }
}

// y = f(gamma (x - mean) / sqrt(variance + epsilon) + beta + other), where f is max(0, .) if relu is not 0; NaN stays NaN. Element i is of
// channel i / inner % channels. Where hasOther is 0, other is not read. y may be x or other.
extern "C" __global__ void normalise(const Stored* x, const Number* gamma, const Number* beta, const Number* mean, const Number* variance,
        const Stored* other, Stored* y, long long total, long long channels, long long inner, Number epsilon, int hasOther, int relu) {
    for (long long i = firstPosition(); i < total; i += positionStride()) {
        long long within;
        long long c;
        divide(divide(i, inner, within), channels, c);
        Number value = gamma[c] / sqrt(variance[c] + epsilon) * (load(x[i]) - mean[c]) + beta[c];
        if (hasOther) {
            value += load(other[i]);
        }
        store(y[i], relu && value < 0 ? (Number)0 : value);
    }
}

// The gradient at i, or 0 where a rectifier gave nothing, and that kept in masked if keep is not 0. Where hasRectified is 0, the gradient
// alone counts.
__device__ __forceinline__ Number passed(const Stored* gradient, const Stored* rectified, Stored* masked, long long i, int hasRectified,
        int keep) {
    Number g = load(gradient[i]);
    if (hasRectified && !(load(rectified[i]) > 0)) {
        g = 0;
    }
    if (keep) {
        store(masked[i], g);
    }
    return g;
}

// Sums of what passes the rectifier and of its product with x - mean, with channels last. Part blockIdx.y of gridDim.y. masked may be
// gradient.
extern "C" __global__ void gradient_rows(const Stored* gradient, const Stored* rectified, const Stored* x, const Number* mean,
        Stored* masked, Number* parts, long long rows, long long channels, int hasRectified, int keep) {
    __shared__ Number first[256];
    __shared__ Number second[256];
    long long channel = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    Number sum = 0;
    Number product = 0;
    if (channel < channels) {
        Number centre = mean[channel];
        for (long long row = blockIdx.y * (long long)blockDim.y + threadIdx.y; row < rows; row += (long long)gridDim.y * blockDim.y) {
            long long place = row * channels + channel;
            Number g = passed(gradient, rectified, masked, place, hasRectified, keep);
            sum += g;
            product += g * (load(x[place]) - centre);
        }
    }
    first[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    second[threadIdx.y * blockDim.x + threadIdx.x] = product;
    store_part(first, second, parts, channel, channels);
}

// The same with channels first; blockIdx.x is the channel.
extern "C" __global__ void gradient_planes(const Stored* gradient, const Stored* rectified, const Stored* x, const Number* mean,
        Stored* masked, Number* parts, long long images, long long channels, long long inner, int hasRectified, int keep) {
    __shared__ Number first[256];
    __shared__ Number second[256];
    long long channel = blockIdx.x;
    Number centre = mean[channel];
    Number sum = 0;
    Number product = 0;
    for (long long i = blockIdx.y * (long long)blockDim.y + threadIdx.y; i < images * inner; i += (long long)gridDim.y * blockDim.y) {
        long long place = (i / inner * channels + channel) * inner + i % inner;
        Number g = passed(gradient, rectified, masked, place, hasRectified, keep);
        sum += g;
        product += g * (load(x[place]) - centre);
    }
    first[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    second[threadIdx.y * blockDim.x + threadIdx.x] = product;
    store_part(first, second, parts, channel, channels);
}

// Gradients by gamma and beta from the parts.
extern "C" __global__ void gradient_total(const Number* parts, const Number* variance, Number* gammaGradient, Number* betaGradient,
        long long channels, long long splits, Number epsilon) {
    for (long long c = firstPosition(); c < channels; c += positionStride()) {
        double sum = 0;
        double product = 0;
        for (long long part = 0; part < splits; part++) {
            sum += parts[part * channels + c];
            product += parts[(splits + part) * channels + c];
        }
        betaGradient[c] = (Number)sum;
        gammaGradient[c] = (Number)(product / sqrt((double)variance[c] + epsilon));
    }
}

// Gradient by x, gamma / sqrt(variance + epsilon) (g - (betaGradient + x^ gammaGradient) / count), with g what passes the rectifier and x^
// the normalised x. y may be gradient or x.
extern "C" __global__ void gradient_data(const Stored* gradient, const Stored* rectified, const Stored* x, const Number* gamma,
        const Number* mean, const Number* variance, const Number* gammaGradient, const Number* betaGradient, Stored* y, long long total,
        long long channels, long long inner, Number count, Number epsilon, int hasRectified) {
    for (long long i = firstPosition(); i < total; i += positionStride()) {
        long long within;
        long long c;
        divide(divide(i, inner, within), channels, c);
        Number inverse = 1 / sqrt(variance[c] + epsilon);
        Number normalised = (load(x[i]) - mean[c]) * inverse;
        Number g = passed(gradient, rectified, y, i, hasRectified, 0);
        store(y[i], gamma[c] * inverse * (g - (betaGradient[c] + normalised * gammaGradient[c]) / count));
    }
}

// What the graph and cuDNN call variance: biased[c] = factor sample[c].
extern "C" __global__ void biased_variance(const Number* sample, Number* biased, long long channels, Number factor) {
    for (long long c = firstPosition(); c < channels; c += positionStride()) {
        biased[c] = factor * sample[c];
    }
}

// What cuDNN saves for the gradient: 1 / sqrt(variance + epsilon).
extern "C" __global__ void inverse_deviation(const Number* variance, Number* inverse, long long channels, Number epsilon) {
    for (long long c = firstPosition(); c < channels; c += positionStride()) {
        inverse[c] = 1 / sqrt(variance[c] + epsilon);
    }
}
