// Updates of variables, all variables of one kind by one launch. A row of the table of pointers has, for a variable: itself, the other
// operand (gradient or new value) and the optimizer's buffers. A block works on one chunk: {row, first element, elements, kind}. Chunks start
// at multiples of 16 elements. New values come from old ones only. The learning rate is a scalar of any floating type.
//! --fmad=false
#include "reals.cuh"

#define PACK 4

// Types of the learning rate.
#define RATE_FLOAT32 0
#define RATE_FLOAT64 1
#define RATE_BFLOAT16 2
#define RATE_FLOAT16 3

// Kinds of chunks: the gradient is held as the variable is, or as bfloat16 beside a float32 variable.
#define KIND_SAME 0
#define KIND_NARROW 1

struct Chunk {
    long long row, start, count, kind;
};

__device__ __forceinline__ double read_rate(const void* rate, int type) {
    switch (type) {
        case RATE_FLOAT32: return *(const float*)rate;
        case RATE_FLOAT64: return *(const double*)rate;
        case RATE_BFLOAT16: return widen_bfloat16(*(const bfloat16*)rate);
        default: return widen_float16(*(const float16*)rate);
    }
}

template <typename T>
struct Gradient {
    template <int N>
    static __device__ __forceinline__ void read(const void* g, long long i, bool, typename Computed<T>::type* to) {
        const Pack<T, N> pack = *(const Pack<T, N>*)((const T*)g + i);
        #pragma unroll
        for (int k = 0; k < N; k++) {
            to[k] = widen(pack.v[k]);
        }
    }
};

template <>
struct Gradient<float> {
    template <int N>
    static __device__ __forceinline__ void read(const void* g, long long i, bool narrow, float* to) {
        if (narrow) {
            Gradient<bfloat16>::read<N>(g, i, false, to);
            return;
        }
        const Pack<float, N> pack = *(const Pack<float, N>*)((const float*)g + i);
        #pragma unroll
        for (int k = 0; k < N; k++) {
            to[k] = pack.v[k];
        }
    }
};

// N elements from position i: the rule changes the variable and its buffers.
template <typename T, int BUFFERS, int N, typename Rule>
__device__ __forceinline__ void change(const long long* row, long long i, bool narrow, const Rule& rule) {
    typedef typename Computed<T>::type R;
    R g[N];
    R values[1 + BUFFERS][N];
    Gradient<T>::template read<N>((const void*)row[1], i, narrow, g);
    #pragma unroll
    for (int b = 0; b <= BUFFERS; b++) {
        const Pack<T, N> pack = *(const Pack<T, N>*)((const T*)row[b == 0 ? 0 : b + 1] + i);
        #pragma unroll
        for (int k = 0; k < N; k++) {
            values[b][k] = widen(pack.v[k]);
        }
    }
    #pragma unroll
    for (int k = 0; k < N; k++) {
        rule(g[k], values[0][k], values[BUFFERS > 0 ? 1 : 0][k], values[BUFFERS > 1 ? 2 : 0][k]);
    }
    #pragma unroll
    for (int b = 0; b <= BUFFERS; b++) {
        Pack<T, N> pack;
        #pragma unroll
        for (int k = 0; k < N; k++) {
            store(values[b][k], pack.v[k]);
        }
        *(Pack<T, N>*)((T*)row[b == 0 ? 0 : b + 1] + i) = pack;
    }
}

template <typename T, int BUFFERS, typename Rule>
__device__ __forceinline__ void update(const long long* table, const Chunk* chunks, const Rule& rule) {
    const Chunk chunk = chunks[blockIdx.x];
    const long long* row = table + (2 + BUFFERS) * chunk.row;
    for (long long i = PACK * threadIdx.x; i < chunk.count; i += PACK * blockDim.x) {
        if (i + PACK <= chunk.count) {
            change<T, BUFFERS, PACK>(row, chunk.start + i, chunk.kind == KIND_NARROW, rule);
        } else {
            for (long long k = i; k < chunk.count; k++) {
                change<T, BUFFERS, 1>(row, chunk.start + k, chunk.kind == KIND_NARROW, rule);
            }
        }
    }
}

// g + decay w; g itself without decay, whatever w is.
template <typename R>
__device__ __forceinline__ R decayed(R g, R decay, R w) {
    return decay != R(0) ? g + decay * w : g;
}

// w <- w - rate (g + decay w)
template <typename R>
struct Sgd {
    R rate, decay;

    __device__ __forceinline__ void operator()(R g, R& w, R&, R&) const {
        w -= rate * decayed(g, decay, w);
    }
};

// With h = g + decay w: m <- momentum m + gain h; w <- w - step m, or w - step (h + momentum m).
template <typename R>
struct Momentum {
    R momentum, decay, gain, step;
    bool nesterov;

    __device__ __forceinline__ void operator()(R g, R& w, R& m, R&) const {
        const R h = decayed(g, decay, w);
        m = momentum * m + gain * h;
        w -= step * (nesterov ? h + momentum * m : m);
    }
};

// m and v are averages of h and h^2 for h = g + decay w; w <- w - shrink w - rate m' / (sqrt(v') + epsilon), where m' and v' are corrected
// for their start at 0.
template <typename R>
struct Adam {
    R beta1, beta2, rest1, rest2, epsilon, decay, shrink, rate, correction;

    __device__ __forceinline__ void operator()(R g, R& w, R& m, R& v) const {
        const R h = decayed(g, decay, w);
        m = beta1 * m + rest1 * h;
        v = beta2 * v + rest2 * h * h;
        w = decayed(w, -shrink, w) - rate * m / (sqrt(v / correction) + epsilon);
    }
};

// e <- decay e + rest x
template <typename R>
struct Average {
    R decay, rest;

    __device__ __forceinline__ void operator()(R x, R& e, R&, R&) const {
        e = decay * e + rest * x;
    }
};

template <typename T>
__device__ __forceinline__ void adam(const long long* table, const Chunk* chunks, const void* rate, int rate_type, const long long* t,
        double beta1, double beta2, double epsilon, double decay, int decoupled) {
    typedef typename Computed<T>::type R;
    // Powers are dear: once for all threads of a block.
    __shared__ double corrections[2];
    if (threadIdx.x < 2) {
        corrections[threadIdx.x] = 1 - pow(threadIdx.x == 0 ? beta1 : beta2, (double)*t);
    }
    __syncthreads();
    const double eta = read_rate(rate, rate_type);
    const Adam<R> rule = {R(beta1), R(beta2), R(1 - beta1), R(1 - beta2), R(epsilon), decoupled ? R(0) : R(decay),
        decoupled ? R(eta * decay) : R(0), R(eta / corrections[0]), R(corrections[1])};
    update<T, 2>(table, chunks, rule);
}

// t may be null; else the decay is at most (1 + t) / (10 + t).
template <typename T>
__device__ __forceinline__ void average(const long long* table, const Chunk* chunks, const long long* t, double decay) {
    typedef typename Computed<T>::type R;
    double d = decay;
    if (t != 0) {
        const double warm = (1.0 + (double)*t) / (10.0 + (double)*t);
        d = warm < d ? warm : d;
    }
    update<T, 0>(table, chunks, Average<R>{R(d), R(1 - d)});
}

#define UPDATES(NAME, T)                                                                                                                 \
    extern "C" __global__ void sgd_##NAME(const long long* table, const Chunk* chunks, const void* rate, int rate_type, double decay) {   \
        typedef Computed<T>::type R;                                                                                                     \
        update<T, 0>(table, chunks, Sgd<R>{R(read_rate(rate, rate_type)), R(decay)});                                                    \
    }                                                                                                                                    \
    extern "C" __global__ void momentum_##NAME(const long long* table, const Chunk* chunks, const void* rate, int rate_type,              \
            double decay, double momentum, int nesterov, int inside) {                                                                   \
        typedef Computed<T>::type R;                                                                                                     \
        const R eta = R(read_rate(rate, rate_type));                                                                                     \
        update<T, 1>(table, chunks, Momentum<R>{R(momentum), R(decay), inside ? eta : R(1), inside ? R(1) : eta, nesterov != 0});        \
    }                                                                                                                                    \
    extern "C" __global__ void adam_##NAME(const long long* table, const Chunk* chunks, const void* rate, int rate_type,                  \
            const long long* t, double beta1, double beta2, double epsilon, double decay, int decoupled) {                               \
        adam<T>(table, chunks, rate, rate_type, t, beta1, beta2, epsilon, decay, decoupled);                                             \
    }                                                                                                                                    \
    extern "C" __global__ void ema_##NAME(const long long* table, const Chunk* chunks, double decay) {                                    \
        average<T>(table, chunks, 0, decay);                                                                                             \
    }                                                                                                                                    \
    extern "C" __global__ void warm_ema_##NAME(const long long* table, const Chunk* chunks, const long long* t, double decay) {           \
        average<T>(table, chunks, t, decay);                                                                                             \
    }

UPDATES(float32, float)
UPDATES(float64, double)
UPDATES(bfloat16, bfloat16)
UPDATES(float16, float16)

template <typename T>
__device__ __forceinline__ void copy(const long long* row, long long start, long long count) {
    const T* from = (const T*)row[1] + start;
    T* to = (T*)row[0] + start;
    for (long long i = threadIdx.x; i < count; i += blockDim.x) {
        to[i] = from[i];
    }
}

// Variables of any types take values. The kind of a chunk is the size of an element, or 0 for bfloat16 into float32.
extern "C" __global__ void assign(const long long* table, const Chunk* chunks) {
    const Chunk chunk = chunks[blockIdx.x];
    const long long* row = table + 2 * chunk.row;
    switch (chunk.kind) {
        case 0:
            for (long long i = threadIdx.x; i < chunk.count; i += blockDim.x) {
                ((float*)row[0])[chunk.start + i] = widen_bfloat16(((const bfloat16*)row[1])[chunk.start + i]);
            }
            break;
        case 1: copy<unsigned char>(row, chunk.start, chunk.count); break;
        case 2: copy<unsigned short>(row, chunk.start, chunk.count); break;
        case 4: copy<unsigned int>(row, chunk.start, chunk.count); break;
        default: copy<unsigned long long>(row, chunk.start, chunk.count);
    }
}
