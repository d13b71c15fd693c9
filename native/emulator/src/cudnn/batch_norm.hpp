// Batch normalisation of the emulated cuDNN: what the three calls share.
#pragma once

#include "tensor.hpp"

namespace lamina::emulator::dnn {

/// Numbers of cudnnBatchNormMode_t.
enum { batch_norm_per_activation = 0, batch_norm_spatial = 1, batch_norm_spatial_persistent = 2 };

/// A checked call: tensors of data, the tensor of parameters, and which elements share a parameter.
struct BatchNorm {
    int mode;
    Tensor x;
    Tensor y;
    Tensor parameters;
    math::Type type;
    math::Type parameter_type;
    double epsilon;

    /// Number of parameters, and of elements that share one.
    int groups() const { return static_cast<int>(count(parameters)); }
    long long members() const { return count(x) / groups(); }
};

/// Checks modes and descriptors. `y` is what has the size of x: the output or its gradient.
BatchNorm batch_norm(int mode, const Tensor& x, const Tensor& y, const Tensor& parameters, double epsilon);

/// Range of an array of parameters, all of them float (double for tensors of double).
Range parameter_range(const BatchNorm& norm, const void* data, bool written, const char* argument);

/// The dimensions of the parameters for x; data type float, or double for double.
Tensor derived(int mode, const Tensor& x);

/// The elements of group g in `tensor`, in an order that is the same for all tensors of one size.
std::vector<double> read_group(const BatchNorm& norm, const Tensor& tensor, const void* data, int g);

/// Blends the values into the elements of group g.
void blend_group(const BatchNorm& norm, const Tensor& tensor, void* data, int g, double alpha, const std::vector<double>& values,
        double beta);

}
