// Copies of elements from one place into another, each with a stride for every axis: transposes, slices, reversals, parts of a
// concatenation, stretched axes (stride 0), changes of layout, and paddings. Strides, starts and extents count elements; strides of what is
// read may be negative. By element size; between float32 and bfloat16 where the name says narrow or wide.
#include "positions.cuh"

struct Copied {
    template <class Element>
    static __device__ __forceinline__ Element of(Element value) {
        return value;
    }
};

struct Narrowed {
    static __device__ __forceinline__ unsigned short of(float value) {
        return narrow_bfloat16(value);
    }
};

struct Widened {
    static __device__ __forceinline__ float of(unsigned short value) {
        return widen_bfloat16(value);
    }
};

// Extents or strides of up to six axes, outermost first; axes that are not needed are the outermost and have extent 1.
struct Axes {
    long long of[6];
};

// Splits off the last axes' coordinates: the coordinate of an axis, and in `rest` the position among the axes before it.
__device__ __forceinline__ long long coordinate(long long& rest, int axis, const Axes& extents) {
    long long at = rest;
    if (axis > 0) {
        at = 0;
        if (extents.of[axis] > 1) {
            rest = divide(rest, extents.of[axis], at);
        }
    }
    return at;
}

// Every element of axes with these extents, from strides to strides.
template <class From, class To, class Converter>
__device__ __forceinline__ void strided(const From* from, To* to, long long count, const Axes& extents, const Axes& read,
        const Axes& written) {
    for (long long i = firstPosition(); i < count; i += positionStride()) {
        long long rest = i;
        long long source = 0;
        long long target = 0;
#pragma unroll
        for (int axis = 5; axis >= 0; axis--) {
            long long at = coordinate(rest, axis, extents);
            source += at * read.of[axis];
            target += at * written.of[axis];
        }
        to[target] = Converter::of(from[source]);
    }
}

// Axis a (extent a) is contiguous in what is read, up to its sign; axis b in what is written. Tiles of 32 x 32 elements pass through shared
// memory, so that both are accessed in runs. Blocks of 32 x 8 threads. The axes in `extents` are the others; their last two are not used.
template <class From, class To, class Converter>
__device__ __forceinline__ void tiled(const From* from, To* to, long long a, long long b, long long readA, long long readB,
        long long writtenA, long long outer, const Axes& extents, const Axes& read, const Axes& written) {
    __shared__ To tile[32][33];
    long long across = (a + 31) / 32;
    long long down = (b + 31) / 32;
    for (long long i = blockIdx.x; i < outer * across * down; i += gridDim.x) {
        long long left;
        long long top;
        long long rest = divide(divide(i, across, left), down, top);
        long long source = 0;
        long long target = 0;
#pragma unroll
        for (int axis = 3; axis >= 0; axis--) {
            long long at = coordinate(rest, axis, extents);
            source += at * read.of[axis];
            target += at * written.of[axis];
        }
        long long column = left * 32 + threadIdx.x;
        for (int k = threadIdx.y; k < 32; k += blockDim.y) {
            long long row = top * 32 + k;
            if (column < a && row < b) {
                tile[k][threadIdx.x] = Converter::of(from[source + column * readA + row * readB]);
            }
        }
        __syncthreads();
        long long row = top * 32 + threadIdx.x;
        for (int k = threadIdx.y; k < 32; k += blockDim.y) {
            long long other = left * 32 + k;
            if (other < a && row < b) {
                to[target + other * writtenA + row] = tile[threadIdx.x][k];
            }
        }
        __syncthreads();
    }
}

// Fills `to`, dense with these extents: coordinate o of an axis shows coordinate (o - before) / step of the operand where that is whole and
// below `inner`; elsewhere all is the value with these bits.
template <class Element>
__device__ __forceinline__ void padded(const Element* from, Element* to, long long bits, long long count, const Axes& extents,
        const Axes& before, const Axes& step, const Axes& inner, const Axes& read) {
    for (long long i = firstPosition(); i < count; i += positionStride()) {
        long long rest = i;
        long long source = 0;
        bool inside = true;
#pragma unroll
        for (int axis = 5; axis >= 0; axis--) {
            long long at = coordinate(rest, axis, extents) - before.of[axis];
            if (step.of[axis] > 1 && at > 0) {
                long long between;
                at = divide(at, step.of[axis], between);
                inside = inside && between == 0;
            }
            inside = inside && at >= 0 && at < inner.of[axis];
            source += at * read.of[axis];
        }
        to[i] = inside ? from[source] : (Element) bits;
    }
}

#define SIX(x) long long x##0, long long x##1, long long x##2, long long x##3, long long x##4, long long x##5
#define AXES(x) {{x##0, x##1, x##2, x##3, x##4, x##5}}

#define MOVES(NAME, FROM, TO, CONVERTER)                                                                                              \
    extern "C" __global__ void move_strided_##NAME(const FROM* from, TO* to, long long fromStart, long long toStart, long long count, \
            SIX(d), SIX(r), SIX(w)) {                                                                                                 \
        strided<FROM, TO, CONVERTER>(from + fromStart, to + toStart, count, AXES(d), AXES(r), AXES(w));                               \
    }                                                                                                                                 \
    extern "C" __global__ void move_tiled_##NAME(const FROM* from, TO* to, long long fromStart, long long toStart, long long a,       \
            long long b, long long readA, long long readB, long long writtenA, long long outer, SIX(d), SIX(r), SIX(w)) {             \
        tiled<FROM, TO, CONVERTER>(from + fromStart, to + toStart, a, b, readA, readB, writtenA, outer, AXES(d), AXES(r), AXES(w));   \
    }

#define PADS(NAME, ELEMENT)                                                                                                           \
    extern "C" __global__ void move_padded_##NAME(const ELEMENT* from, ELEMENT* to, long long bits, long long count, SIX(d), SIX(b),  \
            SIX(s), SIX(m), SIX(r)) {                                                                                                 \
        padded<ELEMENT>(from, to, bits, count, AXES(d), AXES(b), AXES(s), AXES(m), AXES(r));                                          \
    }

MOVES(1, unsigned char, unsigned char, Copied)
MOVES(2, unsigned short, unsigned short, Copied)
MOVES(4, unsigned, unsigned, Copied)
MOVES(8, unsigned long long, unsigned long long, Copied)
MOVES(narrow, float, unsigned short, Narrowed)
MOVES(wide, unsigned short, float, Widened)
PADS(1, unsigned char)
PADS(2, unsigned short)
PADS(4, unsigned)
PADS(8, unsigned long long)
