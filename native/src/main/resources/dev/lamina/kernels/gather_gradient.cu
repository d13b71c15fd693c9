// Gradient of a gather by what it selected from.
#include "stored.cuh"

// x[o, e, k] = sum of g[o, m, k] over all m whose index is e, in order of m; g is [outer, count, inner], x [outer, extent, inner], `all`
// are x's elements; order, first and last are what gather_order and gather_bounds leave.
extern "C" __global__ void gather_gradient(const Stored* g, const int* order, const int* first, const int* last, Stored* x, long long all,
        long long count, long long inner, long long extent) {
    for (long long i = firstPosition(); i < all; i += positionStride()) {
        long long k;
        long long e;
        long long o = divide(divide(i, inner, k), extent, e);
        Number sum = 0;
        for (int rank = first[e]; rank < last[e]; rank++) {
            sum += load(g[(o * count + order[rank]) * inner + k]);
        }
        store(x[i], sum);
    }
}
