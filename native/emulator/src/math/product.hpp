// Matrix products in double: the one inner loop of cuBLAS and of the convolutions. Products of float32 operands are exact in it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace lamina::emulator::math {

/// A matrix of doubles; element (i, j) lies at data[i * rows + j * columns].
struct Matrix {
    const double* data;
    std::ptrdiff_t rows;
    std::ptrdiff_t columns;
};

namespace product {

constexpr int tile_rows = 4;
constexpr int tile_columns = 8;
constexpr std::ptrdiff_t depth_block = 256;

/// sums[r][c] = sum over p of left[p][r] * right[p][c], for packed panels of 4 and 8.
__attribute__((always_inline)) inline void tile_body(std::ptrdiff_t depth, const double* left, const double* right, double* sums) {
    typedef double Lane __attribute__((vector_size(32), aligned(8), may_alias));
    Lane total[tile_rows][2] = {};
    for (std::ptrdiff_t p = 0; p < depth; p++) {
        Lane low = *reinterpret_cast<const Lane*>(right + p * tile_columns);
        Lane high = *reinterpret_cast<const Lane*>(right + p * tile_columns + 4);
#pragma GCC unroll 4
        for (int r = 0; r < tile_rows; r++) {
            double factor = left[p * tile_rows + r];
            total[r][0] += factor * low;
            total[r][1] += factor * high;
        }
    }
#pragma GCC unroll 4
    for (int r = 0; r < tile_rows; r++) {
        *reinterpret_cast<Lane*>(sums + r * tile_columns) = total[r][0];
        *reinterpret_cast<Lane*>(sums + r * tile_columns + 4) = total[r][1];
    }
}

inline void tile_plain(std::ptrdiff_t depth, const double* left, const double* right, double* sums) {
    tile_body(depth, left, right, sums);
}

using Tile = void (*)(std::ptrdiff_t, const double*, const double*, double*);

#ifdef __x86_64__
__attribute__((target("avx2,fma"))) inline void tile_wide(std::ptrdiff_t depth, const double* left, const double* right, double* sums) {
    tile_body(depth, left, right, sums);
}

/// The inner loop for this processor. (target_clones would do for one extension, but this needs two.)
inline Tile best_tile() {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? tile_wide : tile_plain;
}
#else
inline Tile best_tile() {
    return tile_plain;
}
#endif

/// Packs `lines` lines from `first` on into panels of `width`, each depth x width; missing lines become zero.
inline void pack(const double* data, std::ptrdiff_t line_step, std::ptrdiff_t depth_step, std::ptrdiff_t lines, std::ptrdiff_t depth,
        int width, double* target) {
    for (std::ptrdiff_t first = 0; first < lines; first += width) {
        std::ptrdiff_t present = std::min<std::ptrdiff_t>(width, lines - first);
        for (std::ptrdiff_t p = 0; p < depth; p++) {
            const double* source = data + first * line_step + p * depth_step;
            for (std::ptrdiff_t i = 0; i < present; i++) target[p * width + i] = source[i * line_step];
            for (std::ptrdiff_t i = present; i < width; i++) target[p * width + i] = 0;
        }
        target += depth * width;
    }
}

}

/// c[i * width_of_c + j] += sum over p of a(i, p) * b(p, j), with i < m, j < n, p < k.
inline void add_product(std::ptrdiff_t m, std::ptrdiff_t n, std::ptrdiff_t k, Matrix a, Matrix b, double* c, std::ptrdiff_t width_of_c) {
    using namespace product;
    static const Tile tile = best_tile();
    std::ptrdiff_t row_panels = (m + tile_rows - 1) / tile_rows;
    std::ptrdiff_t block = std::min(k, depth_block);
    std::vector<double> left(row_panels * tile_rows * block);
    std::vector<double> right(tile_columns * block);
    for (std::ptrdiff_t start = 0; start < k; start += depth_block) {
        std::ptrdiff_t depth = std::min(depth_block, k - start);
        pack(a.data + start * a.columns, a.rows, a.columns, m, depth, tile_rows, left.data());
        for (std::ptrdiff_t column = 0; column < n; column += tile_columns) {
            std::ptrdiff_t wide = std::min<std::ptrdiff_t>(tile_columns, n - column);
            pack(b.data + start * b.rows + column * b.columns, b.columns, b.rows, wide, depth, tile_columns, right.data());
            for (std::ptrdiff_t row = 0; row < m; row += tile_rows) {
                double sums[tile_rows * tile_columns];
                tile(depth, left.data() + row * depth, right.data(), sums);
                std::ptrdiff_t high = std::min<std::ptrdiff_t>(tile_rows, m - row);
                for (std::ptrdiff_t r = 0; r < high; r++) {
                    double* target = c + (row + r) * width_of_c + column;
                    for (std::ptrdiff_t j = 0; j < wide; j++) target[j] += sums[r * tile_columns + j];
                }
            }
        }
    }
}

}
