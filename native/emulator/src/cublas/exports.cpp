// The matrix products that the emulated cuBLAS exports. Scalars are read here, at the call, so that a captured graph keeps their values.
#include "gemm.hpp"

using namespace lamina::emulator;
using namespace lamina::emulator::blas;
using math::Type;

namespace {

constexpr int default_algorithm = -1;
constexpr int last_algorithm = 23;
constexpr int first_tensor_algorithm = 99;
constexpr int last_tensor_algorithm = 115;

double scalar(const void* value, Type scale, const char* argument) {
    require(value != nullptr, invalid_value, std::string(argument) + " is null");
    return math::load(scale, value, 0);
}

void check_algorithm(int algorithm) {
    bool known = (algorithm >= default_algorithm && algorithm <= last_algorithm)
            || (algorithm >= first_tensor_algorithm && algorithm <= last_tensor_algorithm);
    require(known, invalid_value, "unknown algorithm " + std::to_string(algorithm));
}

/// The typed entry points: one type everywhere, TF32 if the handle's math mode allows it.
template <class Number>
int plain(const char* call, Handle* handle, int transa, int transb, int m, int n, int k, const Number* alpha, Operand a, Operand b,
        const Number* beta, Operand c, int batches) {
    return entry(call, [&] {
        Handle& live = checked(handle);
        require(alpha != nullptr, invalid_value, "alpha is null");
        require(beta != nullptr, invalid_value, "beta is null");
        bool tf32 = a.type == Type::float32 && (live.math_mode & ~no_reduced_reduction) == tf32_math;
        run(live, call, {transa, transb, m, n, k, a, b, c, batches, *alpha, *beta, tf32 ? math::Rounding::tf32 : math::Rounding::none});
    });
}

int extended(const char* call, Handle* handle, int transa, int transb, int m, int n, int k, const void* alpha, Operand a, int atype,
        Operand b, int btype, const void* beta, Operand c, int ctype, int batches, int compute, int algorithm) {
    return entry(call, [&] {
        Handle& live = checked(handle);
        check_algorithm(algorithm);
        a.type = type_of(atype, "Atype");
        b.type = type_of(btype, "Btype");
        c.type = type_of(ctype, "Ctype");
        math::Rounding rounding = rounding_of(compute, a.type, b.type, c.type, live.math_mode);
        Type scale = a.type == Type::float64 ? Type::float64 : Type::float32;
        run(live, call, {transa, transb, m, n, k, a, b, c, batches, scalar(alpha, scale, "alpha"), scalar(beta, scale, "beta"), rounding});
    });
}

}

LAMINA_EXPORT int cublasSgemm_v2(Handle* handle, int transa, int transb, int m, int n, int k, const float* alpha, const float* a, int lda,
        const float* b, int ldb, const float* beta, float* c, int ldc) {
    return plain(__func__, handle, transa, transb, m, n, k, alpha, {a, Type::float32, lda, 0, "A"}, {b, Type::float32, ldb, 0, "B"}, beta,
            {c, Type::float32, ldc, 0, "C"}, 1);
}

LAMINA_EXPORT int cublasDgemm_v2(Handle* handle, int transa, int transb, int m, int n, int k, const double* alpha, const double* a,
        int lda, const double* b, int ldb, const double* beta, double* c, int ldc) {
    return plain(__func__, handle, transa, transb, m, n, k, alpha, {a, Type::float64, lda, 0, "A"}, {b, Type::float64, ldb, 0, "B"}, beta,
            {c, Type::float64, ldc, 0, "C"}, 1);
}

LAMINA_EXPORT int cublasSgemmStridedBatched(Handle* handle, int transa, int transb, int m, int n, int k, const float* alpha,
        const float* a, int lda, long long stride_a, const float* b, int ldb, long long stride_b, const float* beta, float* c, int ldc,
        long long stride_c, int batches) {
    return plain(__func__, handle, transa, transb, m, n, k, alpha, {a, Type::float32, lda, stride_a, "A"},
            {b, Type::float32, ldb, stride_b, "B"}, beta, {c, Type::float32, ldc, stride_c, "C"}, batches);
}

LAMINA_EXPORT int cublasDgemmStridedBatched(Handle* handle, int transa, int transb, int m, int n, int k, const double* alpha,
        const double* a, int lda, long long stride_a, const double* b, int ldb, long long stride_b, const double* beta, double* c, int ldc,
        long long stride_c, int batches) {
    return plain(__func__, handle, transa, transb, m, n, k, alpha, {a, Type::float64, lda, stride_a, "A"},
            {b, Type::float64, ldb, stride_b, "B"}, beta, {c, Type::float64, ldc, stride_c, "C"}, batches);
}

LAMINA_EXPORT int cublasGemmEx(Handle* handle, int transa, int transb, int m, int n, int k, const void* alpha, const void* a, int atype,
        int lda, const void* b, int btype, int ldb, const void* beta, void* c, int ctype, int ldc, int compute, int algorithm) {
    return extended(__func__, handle, transa, transb, m, n, k, alpha, {a, Type::float32, lda, 0, "A"}, atype,
            {b, Type::float32, ldb, 0, "B"}, btype, beta, {c, Type::float32, ldc, 0, "C"}, ctype, 1, compute, algorithm);
}

LAMINA_EXPORT int cublasGemmStridedBatchedEx(Handle* handle, int transa, int transb, int m, int n, int k, const void* alpha, const void* a,
        int atype, int lda, long long stride_a, const void* b, int btype, int ldb, long long stride_b, const void* beta, void* c,
        int ctype, int ldc, long long stride_c, int batches, int compute, int algorithm) {
    return extended(__func__, handle, transa, transb, m, n, k, alpha, {a, Type::float32, lda, stride_a, "A"}, atype,
            {b, Type::float32, ldb, stride_b, "B"}, btype, beta, {c, Type::float32, ldc, stride_c, "C"}, ctype, batches, compute,
            algorithm);
}
