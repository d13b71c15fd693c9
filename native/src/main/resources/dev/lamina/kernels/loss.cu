// Cross-entropy of logits z [N, K] against labels [N] (int32, or int64 where `wide` is 1), optionally with class weights w [K]. With target
// t_k = (1 - e) [k = label] + e / K, a sample's loss is -sum_k t_k w_k log softmax(z)_k; samples labelled `ignored` count for nothing. A
// label out of range is reported and its sample counts for nothing too.
#include "folds.cuh"

__device__ __forceinline__ Number exponential(Number value) {
#if defined(ELEMENT_FLOAT64)
    return exp(value);
#else
    return expf(value);
#endif
}

__device__ __forceinline__ Number logarithm(Number value) {
#if defined(ELEMENT_FLOAT64)
    return log(value);
#else
    return logf(value);
#endif
}

struct Samples {
    const Stored* logits;
    const void* labels;
    const Stored* weights;
    unsigned long long* faults;
    int slot;
    int wide;
    int weighted;
    long long count;
    long long classes;
    long long ignored;
    Number smoothing;

    // The label; -1 if the sample counts for nothing.
    __device__ __forceinline__ long long label(long long sample) const {
        long long label = wide ? ((const long long*) labels)[sample] : ((const int*) labels)[sample];
        return label == ignored || label < 0 || label >= classes ? -1 : label;
    }

    __device__ __forceinline__ void check(long long sample) const {
        long long label = wide ? ((const long long*) labels)[sample] : ((const int*) labels)[sample];
        if (label != ignored && (label < 0 || label >= classes)) {
            reportFault(faults, slot, count, sample, label);
        }
    }

    __device__ __forceinline__ Number weight(long long k) const {
        return weighted ? load(weights[k]) : (Number) 1;
    }

    // t_k w_k
    __device__ __forceinline__ Number target(long long label, long long k) const {
        Number smooth = smoothing / (Number) classes;
        return (k == label ? 1 - smoothing + smooth : smooth) * weight(k);
    }
};

// The largest logit of a row of threads' sample, and the sum of the exponentials of the distances to it.
__device__ __forceinline__ Number exponentials(const Stored* z, long long classes, Number& largest) {
    Number best = smallestNumber();
    for (long long k = threadIdx.x; k < classes; k += blockDim.x) {
        best = Largest::join(best, load(z[k]));
    }
    largest = acrossRow<Largest>(best);
    Number sum = 0;
    for (long long k = threadIdx.x; k < classes; k += blockDim.x) {
        sum += exponential(load(z[k]) - largest);
    }
    return acrossRow<Sum>(sum);
}

#define SAMPLES                                                                                                                           \
    const Stored *logits, const void *labels, const Stored *weights, unsigned long long *faults, int slot, int wide, int weighted,        \
            long long count, long long classes, long long ignored, double smoothing
#define GIVEN {logits, labels, weights, faults, slot, wide, weighted, count, classes, ignored, (Number) smoothing}

// Every sample's loss into losses, or, if `each` is 1, into y. A row of threads for each sample.
extern "C" __global__ void cross_entropy_rows(SAMPLES, Number* losses, Stored* y, int each) {
    Samples samples = GIVEN;
    for (long long first = (long long) blockIdx.x * blockDim.y; first < count; first += (long long) gridDim.x * blockDim.y) {
        long long sample = first + threadIdx.y;
        bool inside = sample < count;
        const Stored* z = logits + sample * classes;
        Number largest;
        Number sum = logarithm(exponentials(z, inside ? classes : 0, largest));
        long long label = inside ? samples.label(sample) : -1;
        Number loss = 0;
        if (label >= 0) {
            for (long long k = threadIdx.x; k < classes; k += blockDim.x) {
                if (k == label || samples.smoothing > 0) {
                    loss -= samples.target(label, k) * (load(z[k]) - largest - sum);
                }
            }
        }
        loss = acrossRow<Sum>(loss);
        if (threadIdx.x == 0 && inside) {
            samples.check(sample);
            if (each) {
                store(y[sample], loss);
            } else {
                losses[sample] = loss;
            }
        }
    }
}

// The weights of the labels of samples that count, added up by one block of one row.
__device__ __forceinline__ Number labelWeights(const Samples& samples) {
    Number sum = 0;
    for (long long sample = threadIdx.x; sample < samples.count; sample += blockDim.x) {
        long long label = samples.label(sample);
        sum += label < 0 ? (Number) 0 : samples.weight(label);
    }
    return acrossRow<Sum>(sum);
}

// y = the sum of the losses, divided by the weights of the labels if `mean` is 1. One block.
extern "C" __global__ void cross_entropy_total(SAMPLES, const Number* losses, Stored* y, int mean) {
    Samples samples = GIVEN;
    Number total = 0;
    for (long long sample = threadIdx.x; sample < count; sample += blockDim.x) {
        total += losses[sample];
    }
    total = acrossRow<Sum>(total);
    Number divisor = mean ? labelWeights(samples) : (Number) 1;
    if (threadIdx.x == 0) {
        store(y[0], total / divisor);
    }
}

// divisor[0] = the weights of the labels. One block.
extern "C" __global__ void cross_entropy_divisor(SAMPLES, Number* divisor) {
    Samples samples = GIVEN;
    Number sum = labelWeights(samples);
    if (threadIdx.x == 0) {
        divisor[0] = sum;
    }
}

// g = (softmax(z) sum_j t_j w_j - t w) upstream / divisor, row by row; g may be the logits' own memory. A row of threads for each sample;
// `each` is 1 if there is an upstream gradient for each sample, `mean` if the divisor counts.
extern "C" __global__ void cross_entropy_gradient(SAMPLES, const Stored* upstream, const Number* divisor, Stored* g, int each, int mean) {
    Samples samples = GIVEN;
    for (long long first = (long long) blockIdx.x * blockDim.y; first < count; first += (long long) gridDim.x * blockDim.y) {
        long long sample = first + threadIdx.y;
        bool inside = sample < count;
        const Stored* z = logits + sample * classes;
        Number largest;
        Number sum = exponentials(z, inside ? classes : 0, largest);
        long long label = inside ? samples.label(sample) : -1;
        Number targets = 0;
        if (label >= 0 && samples.smoothing > 0) {
            for (long long k = threadIdx.x; k < classes; k += blockDim.x) {
                targets += samples.target(label, k);
            }
        }
        targets = acrossRow<Sum>(targets);
        if (!inside) {
            continue;
        }
        if (samples.smoothing == 0 && label >= 0) {
            targets = samples.weight(label);
        }
        Number scale = label < 0 ? (Number) 0 : load(upstream[each ? sample : 0]) / (mean ? divisor[0] : (Number) 1);
        for (long long k = threadIdx.x; k < classes; k += blockDim.x) {
            Number probability = exponential(load(z[k]) - largest) / sum;
            store(g[sample * classes + k], label < 0 ? (Number) 0 : (probability * targets - samples.target(label, k)) * scale);
        }
        if (threadIdx.x == 0) {
            samples.check(sample);
        }
    }
}
