// Which algorithms take which convolution, as the tables of the cuDNN documentation have it, and what they need.
//
// Forward 0 IMPLICIT_GEMM, 1 IMPLICIT_PRECOMP_GEMM, 2 GEMM, 3 DIRECT, 4 FFT, 5 FFT_TILING, 6 WINOGRAD, 7 WINOGRAD_NONFUSED;
// backward data 0 to 5: ALGO_0, ALGO_1, FFT, FFT_TILING, WINOGRAD, WINOGRAD_NONFUSED;
// backward filter 0 to 6: ALGO_0, ALGO_1, FFT, ALGO_3, WINOGRAD, WINOGRAD_NONFUSED, FFT_TILING.
// Workspace sizes are those of the method in its textbook form; the device's differ.
#include "convolution.hpp"

#include <algorithm>
#include <cmath>

namespace lamina::emulator::dnn {

namespace {

enum class Method { absent, direct, precomputed, lowered, split, fft, fft_tiling, winograd, winograd_nonfused };

struct Entry {
    Method method;
    bool deterministic;
    /// Uses tensor cores on a filter in NCHW (in NHWC all do that take it).
    bool tensor_cores;
    /// Emulated speed: milliseconds for 10^9 multiply-adds.
    float pace;
};

constexpr Entry forward_entries[] = {
    {Method::direct, true, false, 9}, {Method::precomputed, true, true, 4}, {Method::lowered, true, false, 11},
    {Method::absent, true, false, 0}, {Method::fft, true, false, 8}, {Method::fft_tiling, true, false, 7},
    {Method::winograd, true, false, 5}, {Method::winograd_nonfused, true, true, 6},
};
constexpr Entry data_entries[] = {
    {Method::direct, false, false, 10}, {Method::precomputed, true, true, 4}, {Method::fft, true, false, 8},
    {Method::fft_tiling, true, false, 7}, {Method::winograd, true, false, 5}, {Method::winograd_nonfused, true, true, 6},
};
constexpr Entry filter_entries[] = {
    {Method::direct, false, false, 1.5f}, {Method::precomputed, true, true, 4}, {Method::fft, true, false, 8},
    {Method::split, false, false, 9}, {Method::absent, true, false, 0}, {Method::winograd_nonfused, true, true, 6},
    {Method::fft_tiling, true, false, 7},
};

const Entry& entry_of(Direction direction, int number) {
    require(number >= 0 && number < algorithm_count(direction), bad_param, "unknown algorithm " + text(number));
    switch (direction) {
    case Direction::forward: return forward_entries[number];
    case Direction::backward_data: return data_entries[number];
    case Direction::backward_filter: return filter_entries[number];
    }
    return forward_entries[number];
}

bool is_unit(const int* values) {
    return values[0] == 1 && values[1] == 1;
}

bool is_plane_packed(const Tensor& t) {
    return (t.dims[3] == 1 || t.strides[3] == 1) && (t.dims[2] == 1 || t.strides[2] == t.dims[3]);
}

/// What the methods that transform tiles have in common.
void require_transformable(const Geometry& g) {
    require(g.filter_format == nchw, not_supported_layout, "the algorithm takes filters in NCHW only");
    require(is_unit(g.convolution.strides), not_supported, "the algorithm takes stride 1 only");
    require(is_unit(g.convolution.dilations), not_supported, "the algorithm takes no dilation");
}

void require_fourier(const Geometry& g) {
    require_transformable(g);
    require(g.type == math::Type::float32, not_supported_data_type, "the algorithm takes float only");
    require(is_plane_packed(g.x) && is_plane_packed(g.y), not_supported_layout, "the algorithm takes packed planes only");
    bool inside = g.w.dims[2] > g.convolution.pads[0] && g.w.dims[3] > g.convolution.pads[1];
    require(inside, not_supported_padding, "the filter must be larger than the padding");
}

void require_supported(Method method, const Geometry& g) {
    bool three = g.w.dims[2] == 3 && g.w.dims[3] == 3;
    bool five = g.w.dims[2] == 5 && g.w.dims[3] == 5;
    switch (method) {
    case Method::absent:
        refuse(not_supported, "the algorithm is in the enumeration but not implemented");
    case Method::direct:
        return;
    case Method::precomputed:
        require(g.filter_format == nhwc || is_unit(g.convolution.dilations), not_supported, "the algorithm takes no dilation in NCHW");
        return;
    case Method::lowered:
    case Method::split:
        require(g.filter_format == nchw, not_supported_layout, "the algorithm takes filters in NCHW only");
        require(is_unit(g.convolution.dilations), not_supported, "the algorithm takes no dilation");
        return;
    case Method::fft:
        require_fourier(g);
        require(g.x.dims[2] + 2 * g.convolution.pads[0] <= 256 && g.x.dims[3] + 2 * g.convolution.pads[1] <= 256, not_supported_shape,
                "the algorithm takes padded inputs of at most 256 x 256");
        return;
    case Method::fft_tiling:
        require_fourier(g);
        require(g.w.dims[2] <= 32 && g.w.dims[3] <= 32, not_supported_shape, "the algorithm takes filters of at most 32 x 32");
        return;
    case Method::winograd:
        require_transformable(g);
        require(three, not_supported_shape, "the algorithm takes 3 x 3 filters only");
        require(g.type == math::Type::float32, not_supported_data_type, "the algorithm takes float only");
        return;
    case Method::winograd_nonfused:
        require_transformable(g);
        require(three || five, not_supported_shape, "the algorithm takes 3 x 3 and 5 x 5 filters only");
        require(g.type != math::Type::float64, not_supported_data_type, "the algorithm takes float and bf16 only");
        return;
    }
}

std::size_t rounded_up(double bytes) {
    return (static_cast<std::size_t>(bytes) + 255) / 256 * 256;
}

std::size_t workspace_of(Method method, const Geometry& g) {
    double channels = g.x.dims[1];
    double features = g.w.dims[0];
    double number = g.type == math::Type::float64 ? 8 : 4;
    double height = g.x.dims[2] + 2.0 * g.convolution.pads[0];
    double width = g.x.dims[3] + 2.0 * g.convolution.pads[1];
    double pairs = g.batch() * (channels + features) + features * g.channels();
    switch (method) {
    case Method::absent:
    case Method::direct: return 0;
    case Method::precomputed: return rounded_up(4.0 * (g.channels() * g.taps() + g.plane()));
    case Method::lowered: return rounded_up(number * g.channels() * g.taps() * g.plane());
    case Method::split: return rounded_up(number * features * g.channels() * g.taps());
    case Method::fft: return rounded_up(8 * pairs * height * (std::floor(width / 2) + 1));
    case Method::fft_tiling: return rounded_up(8 * pairs * 32 * 17);
    case Method::winograd: return rounded_up(4.0 * 16 * features * g.channels());
    case Method::winograd_nonfused:
        return rounded_up(4.0 * 36 * (features * g.channels() + std::ceil(g.plane() / 16.0) * g.batch() * (channels + features)));
    }
    return 0;
}

}

int algorithm_count(Direction direction) {
    switch (direction) {
    case Direction::forward: return std::size(forward_entries);
    case Direction::backward_data: return std::size(data_entries);
    case Direction::backward_filter: return std::size(filter_entries);
    }
    return 0;
}

Algorithm algorithm(Direction direction, int number, const Geometry& g) {
    const Entry& entry = entry_of(direction, number);
    require_supported(entry.method, g);
    bool wide = g.type == math::Type::float64;
    bool cores = !wide && g.convolution.math_type != fma_math && (g.filter_format == nhwc || entry.tensor_cores);
    double speed = (cores ? 1 : 2) * (wide ? 4 : 1);
    float time = static_cast<float>(0.002 + entry.pace * speed * g.work() * 1e-9);
    return {number, workspace_of(entry.method, g), entry.deterministic, cores, time};
}

math::Rounding rounding(const Geometry& g, const Algorithm& algorithm) {
    bool reduced = g.type == math::Type::float32 && algorithm.tensor_cores;
    return reduced ? math::Rounding::tf32 : math::Rounding::none;
}

}
