// Checks of batch normalisation, and which elements share a mean.
#include "batch_norm.hpp"

#include <algorithm>

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

void group_offsets(const BatchNorm& norm, const Tensor& tensor, int g, std::vector<long long>& offsets) {
    offsets.clear();
    Tensor shared = tensor;
    int start[most_dimensions] = {};
    int rest = g;
    for (int d = tensor.rank - 1; d >= 0; d--) {
        if (norm.parameters.dims[d] == 1 && tensor.dims[d] != 1) continue;
        start[d] = rest % tensor.dims[d];
        rest /= tensor.dims[d];
        shared.dims[d] = 1;
    }
    long long base = offset(tensor, start);
    for_each(shared, [&](const int* index) {
        long long sum = base;
        for (int d = 0; d < tensor.rank; d++) sum += static_cast<long long>(index[d]) * tensor.strides[d];
        offsets.push_back(sum);
    });
}

}

using namespace lamina::emulator::dnn;

LAMINA_EXPORT int cudnnDeriveBNTensorDescriptor(Tensor* descriptor, const Tensor* x_desc, int mode) {
    return entry(__func__, [&] {
        require(descriptor != nullptr && tensors().is_live(descriptor), bad_param, "derivedBnDesc is null, destroyed or not a tensor descriptor");
        require_enum(mode, batch_norm_spatial_persistent, "mode");
        *descriptor = derived(mode, checked(x_desc, "xDesc"));
    });
}
