// Means of windows and of bins of almost equal size. Images are [outer, height, width, inner] in memory: NCHW has outer = N C and
// inner = 1, channels last outer = N and inner = C.
#include "stored.cuh"

// The windows of one axis: `windows` of them over `extent` elements. A window has `taps`, `dilation` apart, the first at
// index * stride - pad. It counts taps below `counted`; if `counted` is 0, those inside the input.
struct Windows {
    int extent;
    int windows;
    int taps;
    int stride;
    int pad;
    int dilation;
    int counted;

    __device__ __forceinline__ int start(int window) const {
        return window * stride - pad;
    }

    // The first tap at or after a position, and one behind the last tap before it.
    __device__ __forceinline__ int tapsBefore(int window, int position) const {
        int distance = position - start(window);
        return distance <= 0 ? 0 : min(taps, (distance + dilation - 1) / dilation);
    }

    __device__ __forceinline__ int first(int window) const {
        return start(window) + tapsBefore(window, 0) * dilation;
    }

    __device__ __forceinline__ int end(int window) const {
        return start(window) + tapsBefore(window, extent) * dilation;
    }

    __device__ __forceinline__ int step() const {
        return dilation;
    }

    __device__ __forceinline__ int count(int window) const {
        return counted > 0 ? tapsBefore(window, counted) : tapsBefore(window, extent) - tapsBefore(window, 0);
    }

    __device__ __forceinline__ int firstOver(int at) const {
        int behind = at + pad - (taps - 1) * dilation;
        return behind <= 0 ? 0 : (behind + stride - 1) / stride;
    }

    __device__ __forceinline__ int lastOver(int at) const {
        return min((at + pad) / stride, windows - 1);
    }

    __device__ __forceinline__ bool covers(int window, int at) const {
        return (at - start(window)) % dilation == 0;
    }
};

// `windows` bins over `extent` elements: bin i from floor(i extent / windows) to ceil((i + 1) extent / windows).
struct Bins {
    int extent;
    int windows;

    __device__ __forceinline__ int first(int bin) const {
        return (int) ((long long) bin * extent / windows);
    }

    __device__ __forceinline__ int end(int bin) const {
        return (int) (((bin + 1LL) * extent + windows - 1) / windows);
    }

    __device__ __forceinline__ int step() const {
        return 1;
    }

    __device__ __forceinline__ int count(int bin) const {
        return end(bin) - first(bin);
    }

    __device__ __forceinline__ int firstOver(int at) const {
        return (int) ((long long) at * windows / extent);
    }

    __device__ __forceinline__ int lastOver(int at) const {
        return (int) (((at + 1LL) * windows + extent - 1) / extent) - 1;
    }

    __device__ __forceinline__ bool covers(int, int) const {
        return true;
    }
};

template <class Axis>
__device__ __forceinline__ Number divisor(const Axis& rows, int row, const Axis& columns, int column) {
    long long count = (long long) rows.count(row) * columns.count(column);
    return (Number) (count < 1 ? 1 : count);
}

// y[o, p, q, k] = the mean of a window; `all` are y's elements.
template <class Axis>
__device__ __forceinline__ void average(const Stored* x, Stored* y, long long all, long long inner, const Axis& rows, const Axis& columns) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        long long k;
        long long column;
        long long row;
        long long map = divide(divide(divide(i, inner, k), columns.windows, column), rows.windows, row);
        const Stored* image = x + map * rows.extent * columns.extent * inner + k;
        int bottom = rows.end((int) row);
        int left = columns.first((int) column);
        int right = columns.end((int) column);
        Number sum = 0;
        for (int h = rows.first((int) row); h < bottom; h += rows.step()) {
            for (int w = left; w < right; w += columns.step()) {
                sum += load(image[(long long) (h * columns.extent + w) * inner]);
            }
        }
        store(y[i], sum / divisor(rows, (int) row, columns, (int) column));
    }
}

// x[o, h, w, k] = the sum over the windows that cover it of g / count; `all` are x's elements.
template <class Axis>
__device__ __forceinline__ void spread(const Stored* g, Stored* x, long long all, long long inner, const Axis& rows, const Axis& columns) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        long long k;
        long long w;
        long long h;
        long long map = divide(divide(divide(i, inner, k), columns.extent, w), rows.extent, h);
        const Stored* windows = g + map * rows.windows * columns.windows * inner + k;
        int bottom = rows.lastOver((int) h);
        int left = columns.firstOver((int) w);
        int right = columns.lastOver((int) w);
        Number sum = 0;
        for (int row = rows.firstOver((int) h); row <= bottom; row++) {
            for (int column = left; column <= right && rows.covers(row, (int) h); column++) {
                if (columns.covers(column, (int) w)) {
                    sum += load(windows[(long long) (row * columns.windows + column) * inner]) / divisor(rows, row, columns, column);
                }
            }
        }
        store(x[i], sum);
    }
}

#define WINDOWS(a) int extent##a, int windows##a, int taps##a, int stride##a, int pad##a, int dilation##a, int counted##a
#define WINDOW_AXIS(a) {extent##a, windows##a, taps##a, stride##a, pad##a, dilation##a, counted##a}

extern "C" __global__ void average_pool(const Stored* x, Stored* y, long long all, long long inner, WINDOWS(H), WINDOWS(W)) {
    Windows rows = WINDOW_AXIS(H);
    Windows columns = WINDOW_AXIS(W);
    average(x, y, all, inner, rows, columns);
}

extern "C" __global__ void average_pool_gradient(const Stored* g, Stored* x, long long all, long long inner, WINDOWS(H), WINDOWS(W)) {
    Windows rows = WINDOW_AXIS(H);
    Windows columns = WINDOW_AXIS(W);
    spread(g, x, all, inner, rows, columns);
}

extern "C" __global__ void adaptive_pool(const Stored* x, Stored* y, long long all, long long inner, int height, int p, int width, int q) {
    Bins rows = {height, p};
    Bins columns = {width, q};
    average(x, y, all, inner, rows, columns);
}

extern "C" __global__ void adaptive_pool_gradient(const Stored* g, Stored* x, long long all, long long inner, int height, int p, int width,
        int q) {
    Bins rows = {height, p};
    Bins columns = {width, q};
    spread(g, x, all, inner, rows, columns);
}
