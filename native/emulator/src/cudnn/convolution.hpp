// Convolutions of the emulated cuDNN: descriptor, checked geometry, algorithms, loops.
#pragma once

#include "tensor.hpp"

namespace lamina::emulator::dnn {

/// What a convolution descriptor holds; `rank` is the number of spatial dimensions, 0: never set.
struct Convolution {
    int rank = 0;
    int pads[most_dimensions] = {};
    int strides[most_dimensions] = {};
    int dilations[most_dimensions] = {};
    int mode = 0;
    int compute_type = data_float;
    int groups = 1;
    int math_type = 0;
    int reorder = 0;
};

/// Numbers of cudnnConvolutionMode_t and cudnnMathType_t in use.
enum { mode_convolution = 0, mode_cross_correlation = 1 };
enum { default_math = 0, tensor_op_math = 1, tensor_op_math_allow_conversion = 2, fma_math = 3 };

math::Registry<Convolution>& convolutions();
Convolution checked(const Convolution* descriptor);

/// Dimensions of the output of input and filter; refuses what does not fit together. `dims` gets rank of the input many numbers.
void output_dims(const Convolution& convolution, const Tensor& input, const Filter& filter, int* dims);

enum class Direction { forward, backward_data, backward_filter };

/// A convolution whose descriptors fit together: x (n, c, h, w), w (k, c per group, r, s), y (n, k, p, q).
struct Geometry {
    Tensor x;
    Tensor w;
    Tensor y;
    Convolution convolution;
    int filter_format;
    math::Type type;

    int batch() const { return x.dims[0]; }
    int channels() const { return w.dims[1]; }
    int features() const { return w.dims[0] / convolution.groups; }
    int taps() const { return w.dims[2] * w.dims[3]; }
    int plane() const { return y.dims[2] * y.dims[3]; }
    /// Multiply-adds of one direction.
    double work() const { return static_cast<double>(batch()) * w.dims[0] * channels() * taps() * plane(); }
};

/// What the descriptors of x, w and y are called in the calls of each direction.
constexpr const char* forward_names[] = {"xDesc", "wDesc", "yDesc"};
constexpr const char* data_names[] = {"dxDesc", "wDesc", "dyDesc"};
constexpr const char* filter_names[] = {"xDesc", "dwDesc", "dyDesc"};

/// Checks that the descriptors agree: BAD_PARAM for what contradicts itself, NOT_SUPPORTED for what no algorithm can do.
Geometry geometry(const Tensor* x, const Filter* w, const Convolution* convolution, const Tensor* y, const char* const* names);

/// What an algorithm is for this geometry.
struct Algorithm {
    int number;
    std::size_t workspace;
    bool deterministic;
    /// Tensor-core mathematics: float operands are rounded to TF32.
    bool tensor_cores;
    /// Milliseconds that the emulator claims; only their order means anything.
    float time;
};

/// Number of algorithms of a direction.
int algorithm_count(Direction direction);

/// The algorithm for this geometry, or a refusal that says why it does not take it.
Algorithm algorithm(Direction direction, int number, const Geometry& geometry);

math::Rounding rounding(const Geometry& geometry, const Algorithm& algorithm);

/// What to compute once the ranges are checked.
struct Scaling {
    double alpha;
    double beta;
};

void forward(const Geometry& g, math::Rounding rounding, Scaling scaling, const void* x, const void* w, void* y);
void backward_data(const Geometry& g, math::Rounding rounding, Scaling scaling, const void* w, const void* dy, void* dx);
void backward_filter(const Geometry& g, math::Rounding rounding, Scaling scaling, const void* x, const void* dy, void* dw);

/// Forward sums without scaling: put(image, feature, first position, sums, count) gets whole output rows. Two threads may call it.
void forward_sums(const Geometry& g, math::Rounding rounding, const void* x, const void* w,
        const std::function<void(int, int, int, const double*, int)>& put);

}
