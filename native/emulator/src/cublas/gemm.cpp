// Checks and computes the matrix products of the emulated cuBLAS.
#include "gemm.hpp"

#include "../math/parallel.hpp"
#include "../math/product.hpp"

#include <vector>

namespace lamina::emulator::blas {

using math::Rounding;
using math::Type;

namespace {

constexpr int no_transpose = 0;

enum Compute {
    compute_32f = 68,
    compute_32f_pedantic = 69,
    compute_64f = 70,
    compute_64f_pedantic = 71,
    compute_32f_fast_16bf = 75,
    compute_32f_fast_tf32 = 77,
};

/// Rows and columns of an operand as it lies in memory.
struct Extent {
    long long rows;
    long long columns;
};

Extent extent_of_a(const Gemm& g) {
    return g.transpose_a == no_transpose ? Extent{g.m, g.k} : Extent{g.k, g.m};
}

Extent extent_of_b(const Gemm& g) {
    return g.transpose_b == no_transpose ? Extent{g.k, g.n} : Extent{g.n, g.k};
}

/// Elements from the first to the last one of a batch of matrices.
long long span(const Operand& operand, Extent extent, long long batches) {
    if (extent.rows == 0 || extent.columns == 0 || batches == 0) {
        return 0;
    }
    return (batches - 1) * operand.stride + (extent.columns - 1) * operand.leading + extent.rows;
}

Range range(const Operand& operand, Extent extent, long long batches, bool written) {
    return {operand.data, static_cast<std::size_t>(span(operand, extent, batches)) * math::size_of(operand.type), written, operand.name};
}

void check_operand(const Operand& operand, Extent extent, long long batches) {
    std::string name = operand.name;
    require(operand.leading >= std::max(1LL, extent.rows), invalid_value, "ld" + std::string(1, static_cast<char>(name[0] + 32)) + " is "
            + std::to_string(operand.leading) + ", but " + name + " has " + std::to_string(extent.rows) + " rows in memory");
    require(operand.stride >= 0, not_supported, "the emulator takes no negative stride of " + name);
    if (span(operand, extent, batches) > 0) {
        require(operand.data != nullptr, invalid_value, name + " is null");
        require(math::is_aligned(operand.data, math::size_of(operand.type)), invalid_value, name + " is not aligned to its element");
    }
}

void check(const Gemm& g) {
    require(g.transpose_a >= 0 && g.transpose_a <= 2, invalid_value, "unknown transa " + std::to_string(g.transpose_a));
    require(g.transpose_b >= 0 && g.transpose_b <= 2, invalid_value, "unknown transb " + std::to_string(g.transpose_b));
    require(g.m >= 0 && g.n >= 0 && g.k >= 0, invalid_value, "m, n and k must not be negative: " + std::to_string(g.m) + ", "
            + std::to_string(g.n) + ", " + std::to_string(g.k));
    require(g.batches >= 0, invalid_value, "batchCount is " + std::to_string(g.batches));
    check_operand(g.a, extent_of_a(g), g.batches);
    check_operand(g.b, extent_of_b(g), g.batches);
    check_operand(g.c, {g.m, g.n}, g.batches);
    bool apart = g.batches < 2 || g.c.stride >= span(g.c, {g.m, g.n}, 1);
    require(apart, invalid_value, "strideC is " + std::to_string(g.c.stride) + ": the results of a batch overlap");
}

/// Reads one matrix into doubles, column after column.
std::vector<double> read(const Operand& operand, Extent extent, long long batch, Rounding rounding) {
    std::vector<double> values(extent.rows * extent.columns);
    for (long long j = 0; j < extent.columns; j++) {
        math::gather(operand.type, rounding, operand.data, batch * operand.stride + j * operand.leading, 1, extent.rows,
                values.data() + j * extent.rows);
    }
    return values;
}

/// Columns [from, to) of the product, as rows of the result.
void columns(const Gemm& g, const std::vector<double>& a, const std::vector<double>& b, long long from, long long to, double* sums) {
    Extent extent_a = extent_of_a(g);
    Extent extent_b = extent_of_b(g);
    math::Matrix right{a.data(), g.transpose_a == no_transpose ? extent_a.rows : 1, g.transpose_a == no_transpose ? 1 : extent_a.rows};
    math::Matrix left{b.data(), g.transpose_b == no_transpose ? extent_b.rows : 1, g.transpose_b == no_transpose ? 1 : extent_b.rows};
    left.data += from * left.rows;
    math::add_product(to - from, g.m, g.k, left, right, sums + from * g.m, g.m);
}

void compute_one(const Gemm& g, long long batch) {
    std::vector<double> sums(g.m * g.n);
    if (g.alpha != 0 && g.k > 0) {
        std::vector<double> a = read(g.a, extent_of_a(g), batch, g.rounding);
        std::vector<double> b = read(g.b, extent_of_b(g), batch, g.rounding);
        double work = static_cast<double>(g.m) * g.n * g.k;
        math::in_halves(g.n, work, [&](int, long long from, long long to) { columns(g, a, b, from, to, sums.data()); });
    }
    void* target = const_cast<void*>(g.c.data);
    for (long long j = 0; j < g.n; j++) {
        for (long long i = 0; i < g.m; i++) {
            math::blend(g.c.type, target, batch * g.c.stride + j * g.c.leading + i, g.alpha, sums[j * g.m + i], g.beta);
        }
    }
}

}

Type type_of(int cuda_type, const char* argument) {
    switch (cuda_type) {
    case 0: return Type::float32;
    case 1: return Type::float64;
    case 14: return Type::bfloat16;
    default:
        refuse(not_supported, std::string(argument) + " is cudaDataType " + std::to_string(cuda_type)
                + "; the emulator knows 32F (0), 64F (1) and 16BF (14)");
    }
}

Rounding rounding_of(int compute, Type a, Type b, Type c, int math_mode) {
    require(a == b, not_supported, "A and B must have one type");
    bool doubles = compute == compute_64f || compute == compute_64f_pedantic;
    bool singles = compute == compute_32f || compute == compute_32f_pedantic;
    bool fast = compute == compute_32f_fast_tf32 || compute == compute_32f_fast_16bf;
    require(doubles || singles || fast, not_supported, "compute type " + std::to_string(compute) + " is not one the emulator knows");
    bool all_float = a == Type::float32 && c == Type::float32;
    bool narrow = a == Type::bfloat16 && c != Type::float64;
    if (doubles) {
        require(a == Type::float64 && c == Type::float64, not_supported, "compute type 64F takes float64 only");
        return Rounding::none;
    }
    require(all_float || (narrow && singles), not_supported, "compute type " + std::to_string(compute)
            + " does not take these A, B and C types");
    if (compute == compute_32f_fast_16bf) {
        return Rounding::bfloat16;
    }
    bool allowed = compute == compute_32f && (math_mode & ~no_reduced_reduction) == tf32_math;
    return all_float && (compute == compute_32f_fast_tf32 || allowed) ? Rounding::tf32 : Rounding::none;
}

void run(Handle& handle, const char* call, const Gemm& gemm) {
    check(gemm);
    if (gemm.m == 0 || gemm.n == 0 || gemm.batches == 0) {
        return;
    }
    std::vector<Range> ranges{range(gemm.c, {gemm.m, gemm.n}, gemm.batches, true)};
    if (gemm.alpha != 0 && gemm.k > 0) {
        ranges.push_back(range(gemm.a, extent_of_a(gemm), gemm.batches, false));
        ranges.push_back(range(gemm.b, extent_of_b(gemm), gemm.batches, false));
    }
    queue(handle, call, std::move(ranges), [gemm] {
        for (long long batch = 0; batch < gemm.batches; batch++) compute_one(gemm, batch);
    });
}

}
