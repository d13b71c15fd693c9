// Distance-transform pooling of maps [maps, height, width]: columns first, then rows of that, in float64. Each place compares all others of
// its line that it can reach: quadratic in the length of a line, where the sequential algorithm is linear, but every place at once.
//! --fmad=false
#include "stored.cuh"

// A score or cost that is not allowed is reported by the bits of its float32.
__device__ __forceinline__ void reportNumber(unsigned long long* faults, int slot, long long count, long long position, double value) {
    reportFault(faults, slot, count, position, (long long) __float_as_int((float) value));
}

__device__ __forceinline__ bool isFinite(double value) {
    return value - value == 0;
}

// Which of the places within the radius of p, all if it is negative, is the best from there; they lie `step` apart.
__device__ __forceinline__ int bestOfLine(const double* line, long long step, int length, int p, int radius, double a, double b,
        double& best) {
    int low = radius < 0 || p < radius ? 0 : p - radius;
    int high = radius < 0 || radius > length - 1 - p ? length - 1 : p + radius;
    int winner = -1;
    for (int q = low; q <= high; q++) {
        int r = p - q;
        double value = line[q * step] - (a * r * r + b * r);
        if (winner < 0 ? value > -(double) __uint_as_float(0x7f800000u) : value > best) {
            winner = q;
            best = value;
        }
    }
    return winner;
}

// The scores in float64. costs[channels, 4] are a_x, b_x, a_y, b_y; a must be at least `least` where the transform is unbounded.
extern "C" __global__ void dt_pool_check(const Stored* scores, const Stored* costs, double* wide, unsigned long long* faults, int scoreSlot,
        int costSlot, long long all, long long channels, int unbounded, double least) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        double score = (double) load(scores[i]);
        wide[i] = score;
        if (score != score || (score > 0 && !isFinite(score))) {
            reportNumber(faults, scoreSlot, all, i, score);
        }
    }
    for (long long i = firstPosition(); i < channels * 4; i += positionStride()) {
        double cost = (double) load(costs[i]);
        if (!isFinite(cost) || (unbounded && i % 2 == 0 && cost < least)) {
            reportNumber(faults, costSlot, channels * 4, i, cost);
        }
    }
}

extern "C" __global__ void dt_pool_columns(const double* scores, const Stored* costs, double* middle, int* rows, long long all,
        long long channels, int height, int width, int radius) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        long long x;
        long long y;
        long long map = divide(divide(i, width, x), height, y);
        const Stored* cost = costs + map % channels * 4;
        double best = -(double) __uint_as_float(0x7f800000u);
        rows[i] = bestOfLine(scores + map * height * width + x, width, height, (int) y, radius, (double) load(cost[2]),
                (double) load(cost[3]), best);
        middle[i] = best;
    }
}

extern "C" __global__ void dt_pool_rows(const double* middle, const int* rows, const Stored* costs, Stored* results, int* winners,
        long long all, long long channels, int height, int width, int radius) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        long long x;
        long long y;
        long long map = divide(divide(i, width, x), height, y);
        const Stored* cost = costs + map % channels * 4;
        double best = -(double) __uint_as_float(0x7f800000u);
        long long begin = i - x;
        int column = bestOfLine(middle + begin, 1, width, (int) x, radius, (double) load(cost[0]), (double) load(cost[1]), best);
        store(results[i], (Number) best);
        winners[i] = column < 0 ? -1 : rows[begin + column] * width + column;
    }
}
