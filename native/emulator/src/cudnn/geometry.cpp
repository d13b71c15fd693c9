// Checks that the descriptors of a convolution agree.
#include "convolution.hpp"

#include <algorithm>

namespace lamina::emulator::dnn {

namespace {

/// True if the layout can only be meant as channels last.
bool has_channels_last(const Tensor& t) {
    return t.dims[1] > 1 && t.dims[2] * t.dims[3] > 1 && t.strides[1] == 1;
}

void check_types(const Geometry& g, const char* const* names) {
    require(g.x.data_type == g.w.data_type && g.x.data_type == g.y.data_type, bad_param, std::string(names[0]) + ", " + names[1] + " and "
            + names[2] + " have the data types " + text(g.x.data_type) + ", " + text(g.w.data_type) + " and " + text(g.y.data_type));
    int expected = g.type == math::Type::float64 ? data_double : data_float;
    require(g.convolution.compute_type == expected, not_supported_data_type, "computeType is " + text(g.convolution.compute_type)
            + ", but these tensors compute in " + text(expected));
}

void check_layout(const Geometry& g, const char* const* names) {
    if (g.filter_format == nhwc) {
        require(is_packed_nhwc(g.x) && is_packed_nhwc(g.y), not_supported_layout, std::string(names[1]) + " is NHWC, so " + names[0]
                + " and " + names[2] + " must be packed NHWC; they are " + describe(g.x) + " and " + describe(g.y));
        require(g.type != math::Type::float64, not_supported_data_type, "no algorithm takes double in NHWC");
    } else {
        require(!has_channels_last(g.x) && !has_channels_last(g.y), not_supported_layout, std::string(names[1]) + " is NCHW, but "
                + names[0] + " or " + names[2] + " is NHWC; the filter must be NHWC too");
    }
}

}

Geometry geometry(const Tensor* x, const Filter* w, const Convolution* convolution, const Tensor* y, const char* const* names) {
    Geometry g;
    g.x = checked(x, names[0]);
    Filter filter = checked(w, names[1]);
    g.w = as_tensor(filter);
    g.filter_format = filter.format;
    g.convolution = checked(convolution);
    g.y = checked(y, names[2]);
    g.type = type_of(g.x, names[0]);
    check_types(g, names);
    int dims[most_dimensions];
    output_dims(g.convolution, g.x, filter, dims);
    require(g.y.rank == g.x.rank && std::equal(dims, dims + g.x.rank, g.y.dims), shape_mismatch, std::string(names[2]) + " is "
            + describe(g.y) + ", but the convolution of " + describe(g.x) + " with " + describe(g.w) + " gives " + text(dims[0]) + "x"
            + text(dims[1]) + "x" + text(dims[2]) + (g.x.rank > 3 ? "x" + text(dims[3]) : ""));
    require(g.x.rank == 4, not_supported_shape, "the emulator convolves tensors of 4 dimensions only, not " + text(g.x.rank));
    check_layout(g, names);
    return g;
}

}
