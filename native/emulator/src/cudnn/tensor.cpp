// What descriptors say about their data.
#include "tensor.hpp"

#include <algorithm>

namespace lamina::emulator::dnn {

math::Registry<Tensor>& tensors() {
    static auto* registry = new math::Registry<Tensor>("cudnnTensorDescriptor");
    return *registry;
}

math::Registry<Filter>& filters() {
    static auto* registry = new math::Registry<Filter>("cudnnFilterDescriptor");
    return *registry;
}

namespace {

template <class Descriptor>
Descriptor content(const math::Registry<Descriptor>& registry, const Descriptor* descriptor, const char* argument) {
    require(descriptor != nullptr, null_pointer, std::string(argument) + " is null");
    require(registry.is_live(descriptor), bad_param, std::string(argument) + " is destroyed or not a " + registry.kind());
    require(descriptor->rank > 0, bad_param, std::string(argument) + " was created but never set");
    return *descriptor;
}

/// True if the strides, from the innermost dimension in this order, are those of a packed tensor. A dimension of 1 may have any stride.
bool is_packed(const Tensor& tensor, const int* order) {
    long long expected = 1;
    for (int i = 0; i < tensor.rank; i++) {
        int d = order[i];
        if (tensor.dims[d] != 1 && tensor.strides[d] != expected) return false;
        expected *= tensor.dims[d];
    }
    return true;
}

/// Sufficient and, for strides of real layouts, necessary: each dimension steps over all smaller ones.
bool overlaps_itself(const Tensor& tensor) {
    std::vector<std::pair<long long, long long>> steps;
    for (int d = 0; d < tensor.rank; d++) {
        if (tensor.dims[d] > 1) steps.emplace_back(tensor.strides[d], tensor.dims[d]);
    }
    std::sort(steps.begin(), steps.end());
    long long covered = 1;
    for (auto [stride, dim] : steps) {
        if (stride < covered) return true;
        covered = stride * (dim - 1) + covered;
    }
    return false;
}

}

Tensor checked(const Tensor* descriptor, const char* argument) {
    return content(tensors(), descriptor, argument);
}

Filter checked(const Filter* descriptor, const char* argument) {
    return content(filters(), descriptor, argument);
}

Tensor as_tensor(const Filter& filter) {
    Tensor tensor;
    tensor.rank = filter.rank;
    tensor.data_type = filter.data_type;
    std::copy(filter.dims, filter.dims + filter.rank, tensor.dims);
    int step = 1;
    if (filter.format == nhwc) {
        tensor.strides[1] = 1;
        step = filter.dims[1];
    }
    for (int d = filter.rank - 1; d >= 0; d--) {
        if (d == 1 && filter.format == nhwc) continue;
        tensor.strides[d] = step;
        step *= filter.dims[d];
    }
    return tensor;
}

math::Type type_of(const Tensor& tensor, const char* argument) {
    switch (tensor.data_type) {
    case data_float: return math::Type::float32;
    case data_double: return math::Type::float64;
    case data_bfloat16: return math::Type::bfloat16;
    default:
        refuse(not_supported_data_type, std::string(argument) + " has cudnnDataType " + text(tensor.data_type)
                + "; the emulator computes with FLOAT (0), DOUBLE (1) and BFLOAT16 (9)");
    }
}

long long count(const Tensor& tensor) {
    long long product = 1;
    for (int d = 0; d < tensor.rank; d++) product *= tensor.dims[d];
    return product;
}

bool is_packed_nchw(const Tensor& tensor) {
    int order[most_dimensions];
    for (int i = 0; i < tensor.rank; i++) order[i] = tensor.rank - 1 - i;
    return is_packed(tensor, order);
}

bool is_packed_nhwc(const Tensor& tensor) {
    if (tensor.rank < 3) return false;
    int order[most_dimensions] = {1};
    for (int i = 1; i < tensor.rank - 1; i++) order[i] = tensor.rank - i;
    order[tensor.rank - 1] = 0;
    return is_packed(tensor, order);
}

bool same_dims(const Tensor& a, const Tensor& b) {
    return a.rank == b.rank && std::equal(a.dims, a.dims + a.rank, b.dims);
}

bool same_strides(const Tensor& a, const Tensor& b) {
    return same_dims(a, b) && std::equal(a.strides, a.strides + a.rank, b.strides);
}

std::string describe(const Tensor& tensor) {
    std::string dims;
    std::string strides;
    for (int d = 0; d < tensor.rank; d++) {
        dims += (d == 0 ? "" : "x") + std::to_string(tensor.dims[d]);
        strides += (d == 0 ? "" : ",") + std::to_string(tensor.strides[d]);
    }
    return dims + " (strides " + strides + ")";
}

Range range(const Tensor& tensor, const void* data, bool written, const char* argument) {
    std::size_t size = math::size_of(type_of(tensor, argument));
    require(data != nullptr, null_pointer, std::string(argument) + " is null");
    require(math::is_aligned(data, size), misaligned_pointer, std::string(argument) + " is not aligned to its element");
    require(!overlaps_itself(tensor), not_supported_layout, "elements of " + std::string(argument) + " overlap: " + describe(tensor));
    long long last = 0;
    for (int d = 0; d < tensor.rank; d++) last += static_cast<long long>(tensor.dims[d] - 1) * tensor.strides[d];
    return {data, static_cast<std::size_t>(last + 1) * size, written, argument};
}

double scalar(const Tensor& tensor, const void* value, const char* argument) {
    require(value != nullptr, null_pointer, std::string(argument) + " is null");
    return tensor.data_type == data_double ? *static_cast<const double*>(value) : *static_cast<const float*>(value);
}

std::vector<Range> in_place(const Tensor& input, Range read, const Tensor& output, Range written) {
    bool same = read.start == written.start && input.data_type == output.data_type && same_strides(input, output);
    return same ? std::vector<Range>{written} : std::vector<Range>{read, written};
}

}
