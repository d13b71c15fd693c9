// Matrix products where no library is to compute them: one thread for each result, one sum from the first product to the last.
#include "stored.cuh"

// c[t, i, j] = sum of a[t, i, l] b[t, l, j] over l, for a batch of dense matrices. Where transposeA is not 0, a is stored as [t, l, i],
// and where transposeB is not 0, b as [t, j, l]. Where wide is not 0, c holds sums, else stored elements.
extern "C" __global__ void product(const Stored* a, const Stored* b, void* c, long long batch, long long m, long long n, long long k,
        int transposeA, int transposeB, int wide) {
    long long total = batch * m * n;
    long long stepA = transposeA ? m : 1;
    long long stepB = transposeB ? 1 : n;
    for (long long index = firstPosition(); index < total; index += positionStride()) {
        long long j = index % n;
        long long i = index / n % m;
        long long t = index / (n * m);
        const Stored* x = a + t * m * k + (transposeA ? i : i * k);
        const Stored* y = b + t * k * n + (transposeB ? j * k : j);
        Number sum = 0;
        for (long long l = 0; l < k; l++) {
            sum += load(x[l * stepA]) * load(y[l * stepB]);
        }
        if (wide) {
            ((Number*) c)[index] = sum;
        } else {
            store(((Stored*) c)[index], sum);
        }
    }
}
