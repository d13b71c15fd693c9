// Folds of axes. What is read has up to three kept and three folded axes, in any order of memory; what is written is one number for each
// position among the kept ones, each with its own stride. Few results are folded in `splits` pieces, whose partial results
// [results, splits] a second kernel folds. All orders are fixed, so that results repeat bit for bit. Results are Stored, or float where
// RESULT_FLOAT is defined.
#include "folds.cuh"

#if defined(RESULT_FLOAT)
typedef float Result;

__device__ __forceinline__ void storeResult(Result& place, Number value) {
    place = value;
}
#else
typedef Stored Result;

__device__ __forceinline__ void storeResult(Result& place, Number value) {
    store(place, value);
}
#endif

// Three axes, outermost first: extents of the inner two, strides of all.
struct Axes {
    long long extent1;
    long long extent2;
    long long stride0;
    long long stride1;
    long long stride2;

    __device__ __forceinline__ long long at(long long position) const {
        if (extent1 == 1 && extent2 == 1) {
            return position * stride0;
        }
        long long last;
        long long middle;
        long long first = divide(divide(position, extent2, last), extent1, middle);
        return first * stride0 + middle * stride1 + last * stride2;
    }
};

// The piece of the folded positions that this block takes: blockIdx.y of `splits`.
__device__ __forceinline__ long long pieceStart(long long count, int splits, int piece) {
    long long length = (count + splits - 1) / splits;
    return min(count, length * piece);
}

template <class Fold>
__device__ __forceinline__ void finish(Number value, Result* y, Number* partial, long long result, int splits, Number divisor,
        const Axes& written) {
    if (splits > 1) {
        partial[result * splits + blockIdx.y] = value;
    } else {
        storeResult(y[written.at(result)], divisor < 0 ? value : value / divisor);
    }
}

// A row of threads for each result, walking along the folded positions: for folded axes that are innermost in memory.
template <class Fold>
__device__ __forceinline__ void rows(const Stored* x, Result* y, Number* partial, long long results, long long count, int splits,
        Number divisor, const Axes& kept, const Axes& written, const Axes& folded) {
    long long start = pieceStart(count, splits, blockIdx.y);
    long long end = pieceStart(count, splits, blockIdx.y + 1);
    for (long long first = (long long) blockIdx.x * blockDim.y; first < results; first += (long long) gridDim.x * blockDim.y) {
        long long result = first + threadIdx.y;
        Number value = Fold::none();
        if (result < results) {
            const Stored* row = x + kept.at(result);
            for (long long i = start + threadIdx.x; i < end; i += blockDim.x) {
                value = Fold::join(value, load(row[folded.at(i)]));
            }
        }
        value = acrossRow<Fold>(value);
        if (threadIdx.x == 0 && result < results) {
            finish<Fold>(value, y, partial, result, splits, divisor, written);
        }
    }
}

// Neighbouring threads take neighbouring results, for kept axes that are innermost in memory; blockDim.y threads share a result, up to 8
// rows of 32, or there is one row.
template <class Fold>
__device__ __forceinline__ void columns(const Stored* x, Result* y, Number* partial, long long results, long long count, int splits,
        Number divisor, const Axes& kept, const Axes& written, const Axes& folded) {
    __shared__ Number shares[8][32];
    long long start = pieceStart(count, splits, blockIdx.y);
    long long end = pieceStart(count, splits, blockIdx.y + 1);
    for (long long first = (long long) blockIdx.x * blockDim.x; first < results; first += positionStride()) {
        long long result = first + threadIdx.x;
        Number value = Fold::none();
        if (result < results) {
            const Stored* column = x + kept.at(result);
            for (long long i = start + threadIdx.y; i < end; i += blockDim.y) {
                value = Fold::join(value, load(column[folded.at(i)]));
            }
        }
        if (blockDim.y > 1) {
            shares[threadIdx.y][threadIdx.x] = value;
            for (int half = blockDim.y / 2; half > 0; half /= 2) {
                __syncthreads();
                if ((int) threadIdx.y < half) {
                    value = Fold::join(value, shares[threadIdx.y + half][threadIdx.x]);
                    shares[threadIdx.y][threadIdx.x] = value;
                }
            }
            __syncthreads();
        }
        if (threadIdx.y == 0 && result < results) {
            finish<Fold>(value, y, partial, result, splits, divisor, written);
        }
    }
}

// The last pass over partial results [results, splits]: a warp for each.
template <class Fold>
__device__ __forceinline__ void partials(const Number* partial, Result* y, long long results, int splits, Number divisor,
        const Axes& written) {
    for (long long first = (long long) blockIdx.x * blockDim.y; first < results; first += (long long) gridDim.x * blockDim.y) {
        long long result = first + threadIdx.y;
        Number value = Fold::none();
        if (result < results) {
            for (int i = threadIdx.x; i < splits; i += blockDim.x) {
                value = Fold::join(value, partial[result * splits + i]);
            }
        }
        value = acrossRow<Fold>(value);
        if (threadIdx.x == 0 && result < results) {
            storeResult(y[written.at(result)], divisor < 0 ? value : value / divisor);
        }
    }
}

#define FIVE(a) long long a##e1, long long a##e2, long long a##s0, long long a##s1, long long a##s2
#define AXES(a) Axes {a##e1, a##e2, a##s0, a##s1, a##s2}

// A divisor below 0 stands for none.
#define FOLDS(NAME, FOLD)                                                                                                                 \
    extern "C" __global__ void reduce_rows_##NAME(const Stored* x, Result* y, Number* partial, long long results, long long count,        \
            int splits, double divisor, FIVE(k), FIVE(w), FIVE(f)) {                                                                      \
        rows<FOLD>(x, y, partial, results, count, splits, (Number) divisor, AXES(k), AXES(w), AXES(f));                                   \
    }                                                                                                                                     \
    extern "C" __global__ void reduce_columns_##NAME(const Stored* x, Result* y, Number* partial, long long results, long long count,     \
            int splits, double divisor, FIVE(k), FIVE(w), FIVE(f)) {                                                                      \
        columns<FOLD>(x, y, partial, results, count, splits, (Number) divisor, AXES(k), AXES(w), AXES(f));                                \
    }                                                                                                                                     \
    extern "C" __global__ void reduce_partials_##NAME(const Number* partial, Result* y, long long results, int splits, double divisor,    \
            FIVE(w)) {                                                                                                                    \
        partials<FOLD>(partial, y, results, splits, (Number) divisor, AXES(w));                                                           \
    }

FOLDS(sum, Sum)
FOLDS(max, Largest)
FOLDS(min, Smallest)

// The position of the largest element along the folded axis, the first of equal ones; NaN beats numbers. A warp for each result.
extern "C" __global__ void arg_max_rows(const Stored* x, long long* y, long long results, long long count, FIVE(k), FIVE(w), FIVE(f)) {
    Axes kept = AXES(k);
    Axes written = AXES(w);
    Axes folded = AXES(f);
    for (long long first = (long long) blockIdx.x * blockDim.y; first < results; first += (long long) gridDim.x * blockDim.y) {
        long long result = first + threadIdx.y;
        Number best = smallestNumber();
        long long winner = count;
        if (result < results) {
            const Stored* row = x + kept.at(result);
            for (long long i = threadIdx.x; i < count; i += 32) {
                Number value = load(row[folded.at(i)]);
                if (winner == count || beats(value, best)) {
                    best = value;
                    winner = i;
                }
            }
        }
        for (int distance = 16; distance > 0; distance /= 2) {
            Number other = __shfl_xor_sync(0xffffffffu, best, distance);
            long long position = __shfl_xor_sync(0xffffffffu, winner, distance);
            bool tied = !beats(best, other) && position < winner;
            if (position < count && (winner == count || beats(other, best) || tied)) {
                best = other;
                winner = position;
            }
        }
        if (threadIdx.x == 0 && result < results) {
            y[written.at(result)] = winner;
        }
    }
}

// The same with a thread for each result.
extern "C" __global__ void arg_max_columns(const Stored* x, long long* y, long long results, long long count, FIVE(k), FIVE(w), FIVE(f)) {
    Axes kept = AXES(k);
    Axes written = AXES(w);
    Axes folded = AXES(f);
    for (long long result = firstPosition(); result < results; result += positionStride()) {
        const Stored* column = x + kept.at(result);
        Number best = load(column[0]);
        long long winner = 0;
        for (long long i = 1; i < count; i++) {
            Number value = load(column[folded.at(i)]);
            if (beats(value, best)) {
                best = value;
                winner = i;
            }
        }
        y[written.at(result)] = winner;
    }
}
