// Batch normalisation with channels last or first: y = gamma (x - mean) / sqrt(variance + epsilon) + beta, and its gradient.
//
// ELEMENT is the type of x and y in memory: 0 float, 1 double, 2 bfloat16; all else is of the type Real.
// x is [rows, channels] (names with rows: channels last) or [images, channels, inner] (names with planes). Sums are made in parts, each by
// one block, and added in a fixed order, so that results repeat bit for bit. A block has 256 threads.
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

/// Adds the two sums of the threads of one column (same threadIdx.x) and stores them as part blockIdx.y of a channel. The arrays are shared
/// memory for each thread of the block.
__device__ __forceinline__ void store_part(Real* first, Real* second, Real* parts, long long channel, long long channels) {
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

/// Sums of x - x0 and its square, x0 the channel's first element: what is left cancels little. Part blockIdx.y of gridDim.y.
extern "C" __global__ void statistics_rows(const Stored* x, Real* parts, long long rows, long long channels) {
    __shared__ Real first[256];
    __shared__ Real second[256];
    long long channel = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    Real sum = 0;
    Real squares = 0;
    if (channel < channels) {
        Real origin = load(x + channel);
        for (long long row = blockIdx.y * (long long)blockDim.y + threadIdx.y; row < rows; row += (long long)gridDim.y * blockDim.y) {
            Real d = load(x + row * channels + channel) - origin;
            sum += d;
            squares += d * d;
        }
    }
    first[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    second[threadIdx.y * blockDim.x + threadIdx.x] = squares;
    store_part(first, second, parts, channel, channels);
}

/// The same with channels first; blockIdx.x is the channel. Threads lie along x only, and are folded as a column.
extern "C" __global__ void statistics_planes(const Stored* x, Real* parts, long long images, long long channels, long long inner) {
    __shared__ Real first[256];
    __shared__ Real second[256];
    long long channel = blockIdx.x;
    Real origin = load(x + channel * inner);
    Real sum = 0;
    Real squares = 0;
    for (long long i = blockIdx.y * (long long)blockDim.y + threadIdx.y; i < images * inner; i += (long long)gridDim.y * blockDim.y) {
        Real d = load(x + (i / inner * channels + channel) * inner + i % inner) - origin;
        sum += d;
        squares += d * d;
    }
    first[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    second[threadIdx.y * blockDim.x + threadIdx.x] = squares;
    store_part(first, second, parts, channel, channels);
}

/// Mean and biased variance of count elements a channel from the parts; a channel's first element is at x[channel * inner].
extern "C" __global__ void statistics_total(const Stored* x, const Real* parts, Real* mean, Real* variance, long long channels,
        long long inner, long long splits, double count) {
    for (long long c = blockIdx.x * (long long)blockDim.x + threadIdx.x; c < channels; c += (long long)gridDim.x * blockDim.x) {
        double sum = 0;
        double squares = 0;
        for (long long part = 0; part < splits; part++) {
            sum += parts[part * channels + c];
            squares += parts[(splits + part) * channels + c];
        }
        double offset = sum / count;
        mean[c] = (Real)(load(x + c * inner) + offset);
        variance[c] = (Real)max(squares / count - offset * offset, 0.0);
    }
}

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta; element i is of channel i / inner % channels.
extern "C" __global__ void normalise(const Stored* x, const Real* gamma, const Real* beta, const Real* mean, const Real* variance,
        Stored* y, long long total, long long channels, long long inner, Real epsilon) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < total; i += (long long)gridDim.x * blockDim.x) {
        long long c = total < (1LL << 31) ? (unsigned)i / (unsigned)inner % (unsigned)channels : i / inner % channels;
        store(y + i, gamma[c] / sqrt(variance[c] + epsilon) * (load(x + i) - mean[c]) + beta[c]);
    }
}

/// Sums of the gradient and of its product with x - mean, with channels last. Part blockIdx.y of gridDim.y.
extern "C" __global__ void gradient_rows(const Stored* gradient, const Stored* x, const Real* mean, Real* parts, long long rows,
        long long channels) {
    __shared__ Real first[256];
    __shared__ Real second[256];
    long long channel = blockIdx.x * (long long)blockDim.x + threadIdx.x;
    Real sum = 0;
    Real product = 0;
    if (channel < channels) {
        Real centre = mean[channel];
        for (long long row = blockIdx.y * (long long)blockDim.y + threadIdx.y; row < rows; row += (long long)gridDim.y * blockDim.y) {
            Real g = load(gradient + row * channels + channel);
            sum += g;
            product += g * (load(x + row * channels + channel) - centre);
        }
    }
    first[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    second[threadIdx.y * blockDim.x + threadIdx.x] = product;
    store_part(first, second, parts, channel, channels);
}

/// The same with channels first; blockIdx.x is the channel.
extern "C" __global__ void gradient_planes(const Stored* gradient, const Stored* x, const Real* mean, Real* parts, long long images,
        long long channels, long long inner) {
    __shared__ Real first[256];
    __shared__ Real second[256];
    long long channel = blockIdx.x;
    Real centre = mean[channel];
    Real sum = 0;
    Real product = 0;
    for (long long i = blockIdx.y * (long long)blockDim.y + threadIdx.y; i < images * inner; i += (long long)gridDim.y * blockDim.y) {
        long long place = (i / inner * channels + channel) * inner + i % inner;
        Real g = load(gradient + place);
        sum += g;
        product += g * (load(x + place) - centre);
    }
    first[threadIdx.y * blockDim.x + threadIdx.x] = sum;
    second[threadIdx.y * blockDim.x + threadIdx.x] = product;
    store_part(first, second, parts, channel, channels);
}

/// Gradients by gamma and beta from the parts.
extern "C" __global__ void gradient_total(const Real* parts, const Real* variance, Real* gammaGradient, Real* betaGradient,
        long long channels, long long splits, Real epsilon) {
    for (long long c = blockIdx.x * (long long)blockDim.x + threadIdx.x; c < channels; c += (long long)gridDim.x * blockDim.x) {
        double sum = 0;
        double product = 0;
        for (long long part = 0; part < splits; part++) {
            sum += parts[part * channels + c];
            product += parts[(splits + part) * channels + c];
        }
        betaGradient[c] = (Real)sum;
        gammaGradient[c] = (Real)(product / sqrt((double)variance[c] + epsilon));
    }
}

/// Gradient by x, gamma / sqrt(variance + epsilon) (gradient - (betaGradient + x^ gammaGradient) / count), x^ the normalised x.
extern "C" __global__ void gradient_data(const Stored* gradient, const Stored* x, const Real* gamma, const Real* mean, const Real* variance,
        const Real* gammaGradient, const Real* betaGradient, Stored* y, long long total, long long channels, long long inner, Real count,
        Real epsilon) {
    for (long long i = blockIdx.x * (long long)blockDim.x + threadIdx.x; i < total; i += (long long)gridDim.x * blockDim.x) {
        long long c = total < (1LL << 31) ? (unsigned)i / (unsigned)inner % (unsigned)channels : i / inner % channels;
        Real inverse = 1 / sqrt(variance[c] + epsilon);
        Real normalised = (load(x + i) - mean[c]) * inverse;
        store(y + i, gamma[c] * inverse * (load(gradient + i) - (betaGradient[c] + normalised * gammaGradient[c]) / count));
    }
}

/// What the graph and cuDNN call variance: biased[c] = factor sample[c].
extern "C" __global__ void biased_variance(const Real* sample, Real* biased, long long channels, Real factor) {
    for (long long c = blockIdx.x * (long long)blockDim.x + threadIdx.x; c < channels; c += (long long)gridDim.x * blockDim.x) {
        biased[c] = factor * sample[c];
    }
}

/// What cuDNN saves for the gradient: 1 / sqrt(variance + epsilon).
extern "C" __global__ void inverse_deviation(const Real* variance, Real* inverse, long long channels, Real epsilon) {
    for (long long c = blockIdx.x * (long long)blockDim.x + threadIdx.x; c < channels; c += (long long)gridDim.x * blockDim.x) {
        inverse[c] = 1 / sqrt(variance[c] + epsilon);
    }
}
