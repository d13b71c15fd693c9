// One (batched) matrix product of the emulated cuBLAS, after its arguments have been read and before they are checked.
#pragma once

#include "blas.hpp"

namespace lamina::emulator::blas {

/// A matrix argument as cuBLAS has it: column-major, `leading` elements from column to column, `stride` from batch to batch.
struct Operand {
    const void* data;
    math::Type type;
    long long leading;
    long long stride;
    const char* name;
};

struct Gemm {
    int transpose_a;
    int transpose_b;
    long long m;
    long long n;
    long long k;
    Operand a;
    Operand b;
    Operand c;
    long long batches;
    double alpha;
    double beta;
    math::Rounding rounding;
};

/// How cublasComputeType_t `compute` treats operands of these types on a handle with this math mode; refuses what the device refuses.
math::Rounding rounding_of(int compute, math::Type a, math::Type b, math::Type c, int math_mode);

/// The element type behind a cudaDataType, or a refusal.
math::Type type_of(int cuda_type, const char* argument);

/// Checks the product and queues it.
void run(Handle& handle, const char* call, const Gemm& gemm);

}
