// Pooling descriptors of the emulated cuDNN.
#pragma once

#include "tensor.hpp"

namespace lamina::emulator::dnn {

/// Numbers of cudnnPoolingMode_t.
enum {
    pooling_max = 0,
    pooling_average_include_padding = 1,
    pooling_average_exclude_padding = 2,
    pooling_max_deterministic = 3,
};

/// What a pooling descriptor holds; `rank` is the number of spatial dimensions, 0: never set.
struct Pooling {
    int rank = 0;
    int mode = pooling_max;
    int nan_option = 0;
    int windows[most_dimensions] = {};
    int pads[most_dimensions] = {};
    int strides[most_dimensions] = {};
};

math::Registry<Pooling>& poolings();
Pooling checked(const Pooling* descriptor);

/// Dimensions of the output, as many as the input has.
void output_dims(const Pooling& pooling, const Tensor& input, int* dims);

}
