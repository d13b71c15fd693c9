// Checks of batch normalisation, and which elements share a mean.
#include "batch_norm.hpp"

namespace lamina::emulator::dnn {

Tensor derived(int mode, const Tensor& x) {
    require(x.rank == 4 || x.rank == 5, not_supported_shape, "batch normalisation takes tensors of 4 or 5 dimensions, not " + text(x.rank));
    Filter shape;
    shape.rank = x.rank;
    shape.format = nchw;
    shape.data_type = x.data_type == data_double ? data_double : data_float;
    for (int d = 0; d < x.rank; d++) {
        bool kept = d == 1 || (d > 1 && mode == batch_norm_per_activation);
        shape.dims[d] = kept ? x.dims[d] : 1;
    }
    return as_tensor(shape);
}

BatchNorm batch_norm(int mode, const Tensor& x, const Tensor& y, const Tensor& parameters, double epsilon) {
    require_enum(mode, batch_norm_spatial_persistent, "mode");
    BatchNorm norm{mode, x, y, parameters, type_of(x, "xDesc"), type_of(parameters, "bnScaleBiasMeanVarDesc"), epsilon};
    Tensor expected = derived(mode, x);
    require(same_dims(parameters, expected), bad_param, "bnScaleBiasMeanVarDesc is " + describe(parameters) + ", but this mode of "
            + describe(x) + " has parameters " + describe(expected));
    require(parameters.data_type == expected.data_type, bad_param, "parameters of these tensors must have data type "
            + text(expected.data_type) + ", not " + text(parameters.data_type));
    require(is_packed_nchw(parameters), not_supported_layout, "the parameters must be packed: " + describe(parameters));
    require(same_dims(x, y) && x.data_type == y.data_type, bad_param, "the tensors differ: " + describe(x) + " and " + describe(y));
    require(epsilon >= 0, bad_param, "epsilon is " + std::to_string(epsilon));
    if (mode == batch_norm_spatial_persistent) {
        bool first = is_packed_nchw(x) && is_packed_nchw(y);
        bool last = is_packed_nhwc(x) && is_packed_nhwc(y);
        require(first || last, not_supported_layout, "SPATIAL_PERSISTENT takes packed NCHW or packed NHWC, the same for all tensors");
        require(first || x.dims[1] % 4 == 0, not_supported_shape, "SPATIAL_PERSISTENT in NHWC takes channels in multiples of 4, not "
                + text(x.dims[1]));
    }
    return norm;
}

Range parameter_range(const BatchNorm& norm, const void* data, bool written, const char* argument) {
    return range(norm.parameters, data, written, argument);
}

namespace {

/// Calls body(start, step, count) for the runs of elements that share the parameters of group g.
template <class Body>
void for_runs(const BatchNorm& norm, const Tensor& tensor, int g, const Body& body) {
    Tensor shared = tensor;
    int start[most_dimensions] = {};
    int rest = g;
    for (int d = tensor.rank - 1; d >= 0; d--) {
        if (norm.parameters.dims[d] == 1 && tensor.dims[d] != 1) continue;
        start[d] = rest % tensor.dims[d];
        rest /= tensor.dims[d];
        shared.dims[d] = 1;
    }
    int last = tensor.rank - 1;
    int run = shared.dims[last];
    shared.dims[last] = 1;
    long long base = offset(tensor, start);
    for_each(shared, [&](const int* index) { body(base + offset(shared, index), static_cast<long long>(tensor.strides[last]), run); });
}

}

std::vector<double> read_group(const BatchNorm& norm, const Tensor& tensor, const void* data, int g) {
    std::vector<double> values(norm.members());
    double* target = values.data();
    for_runs(norm, tensor, g, [&](long long start, long long step, int run) {
        math::gather(norm.type, math::Rounding::none, data, start, step, run, target);
        target += run;
    });
    return values;
}

void blend_group(const BatchNorm& norm, const Tensor& tensor, void* data, int g, double alpha, const std::vector<double>& values,
        double beta) {
    const double* source = values.data();
    for_runs(norm, tensor, g, [&](long long start, long long step, int run) {
        math::blend_run(norm.type, data, start, step, run, alpha, source, beta);
        source += run;
    });
}

}

using namespace lamina::emulator::dnn;

LAMINA_EXPORT int cudnnDeriveBNTensorDescriptor(Tensor* descriptor, const Tensor* x_desc, int mode) {
    return entry(__func__, [&] {
        require(descriptor != nullptr && tensors().is_live(descriptor), bad_param,
                "derivedBnDesc is null, destroyed or not a tensor descriptor");
        require_enum(mode, batch_norm_spatial_persistent, "mode");
        *descriptor = derived(mode, checked(x_desc, "xDesc"));
    });
}
