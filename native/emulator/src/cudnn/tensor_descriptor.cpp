// Exports that create, set and read tensor descriptors.
#include "tensor.hpp"

#include <algorithm>

using namespace lamina::emulator::dnn;

namespace {

void require_type(int type) {
    require_enum(type, 16, "dataType");
}

/// Takes dimensions and strides over if they are those of a legal tensor.
void set(Tensor* descriptor, int type, int rank, const int* dims, const int* strides) {
    require(descriptor != nullptr && tensors().is_live(descriptor), bad_param, "tensorDesc is null, destroyed or not a tensor descriptor");
    require_type(type);
    Tensor tensor;
    tensor.rank = rank;
    tensor.data_type = type;
    for (int d = 0; d < rank; d++) {
        require(dims[d] > 0, bad_param, "dimension " + text(d) + " is " + text(dims[d]));
        require(strides[d] >= 0, bad_param, "stride " + text(d) + " is " + text(strides[d]));
        tensor.dims[d] = dims[d];
        tensor.strides[d] = strides[d];
    }
    require(count(tensor) < (1LL << 31), not_supported_shape, "the tensor has 2^31 elements or more");
    *descriptor = tensor;
}

/// Strides of a packed tensor, channels second or last.
void packed_strides(int format, int rank, const int* dims, int* strides) {
    require(format == nchw || format == nhwc, bad_param, "format is " + text(format) + "; NCHW (0) and NHWC (1) fit this data type");
    Filter filter;
    filter.rank = rank;
    filter.format = format;
    for (int d = 0; d < rank; d++) {
        require(dims[d] > 0, bad_param, "dimension " + text(d) + " is " + text(dims[d]));
        filter.dims[d] = dims[d];
    }
    Tensor tensor = as_tensor(filter);
    std::copy(tensor.strides, tensor.strides + rank, strides);
}

void require_rank(int rank) {
    require(rank >= 4 && rank <= most_dimensions, not_supported_shape, "nbDims is " + text(rank) + "; tensors have 4 to 8 dimensions");
}

}

LAMINA_EXPORT int cudnnCreateTensorDescriptor(Tensor** descriptor) {
    return entry(__func__, [&] {
        require(descriptor != nullptr, null_pointer, "tensorDesc is null");
        need(Part::graph);
        *descriptor = tensors().create();
    });
}

LAMINA_EXPORT int cudnnDestroyTensorDescriptor(Tensor* descriptor) {
    return entry(__func__, [&] {
        if (descriptor == nullptr) return;
        require(tensors().destroy(descriptor), bad_param, "tensorDesc is destroyed already or not a tensor descriptor");
    });
}

LAMINA_EXPORT int cudnnSetTensor4dDescriptor(Tensor* descriptor, int format, int type, int n, int c, int h, int w) {
    return entry(__func__, [&] {
        const int dims[] = {n, c, h, w};
        int strides[4];
        packed_strides(format, 4, dims, strides);
        set(descriptor, type, 4, dims, strides);
    });
}

LAMINA_EXPORT int cudnnSetTensor4dDescriptorEx(Tensor* descriptor, int type, int n, int c, int h, int w, int stride_n, int stride_c,
        int stride_h, int stride_w) {
    return entry(__func__, [&] {
        const int dims[] = {n, c, h, w};
        const int strides[] = {stride_n, stride_c, stride_h, stride_w};
        set(descriptor, type, 4, dims, strides);
    });
}

LAMINA_EXPORT int cudnnGetTensor4dDescriptor(const Tensor* descriptor, int* type, int* n, int* c, int* h, int* w, int* stride_n,
        int* stride_c, int* stride_h, int* stride_w) {
    return entry(__func__, [&] {
        Tensor tensor = checked(descriptor, "tensorDesc");
        require(tensor.rank == 4, bad_param, "the tensor has " + text(tensor.rank) + " dimensions, not 4");
        int* const targets[] = {type, n, c, h, w, stride_n, stride_c, stride_h, stride_w};
        const int values[] = {tensor.data_type, tensor.dims[0], tensor.dims[1], tensor.dims[2], tensor.dims[3], tensor.strides[0],
                tensor.strides[1], tensor.strides[2], tensor.strides[3]};
        for (int i = 0; i < 9; i++) {
            if (targets[i] != nullptr) *targets[i] = values[i];
        }
    });
}

LAMINA_EXPORT int cudnnSetTensorNdDescriptor(Tensor* descriptor, int type, int rank, const int* dims, const int* strides) {
    return entry(__func__, [&] {
        require_rank(rank);
        require(dims != nullptr && strides != nullptr, null_pointer, "dimA or strideA is null");
        set(descriptor, type, rank, dims, strides);
    });
}

LAMINA_EXPORT int cudnnSetTensorNdDescriptorEx(Tensor* descriptor, int format, int type, int rank, const int* dims) {
    return entry(__func__, [&] {
        require_rank(rank);
        require(dims != nullptr, null_pointer, "dimA is null");
        int strides[most_dimensions];
        packed_strides(format, rank, dims, strides);
        set(descriptor, type, rank, dims, strides);
    });
}

LAMINA_EXPORT int cudnnGetTensorNdDescriptor(const Tensor* descriptor, int requested, int* type, int* rank, int* dims, int* strides) {
    return entry(__func__, [&] {
        Tensor tensor = checked(descriptor, "tensorDesc");
        require(requested >= 0 && requested <= most_dimensions, bad_param, "nbDimsRequested is " + text(requested));
        int shown = std::min(requested, tensor.rank);
        if (type != nullptr) *type = tensor.data_type;
        if (rank != nullptr) *rank = tensor.rank;
        if (dims != nullptr) std::copy(tensor.dims, tensor.dims + shown, dims);
        if (strides != nullptr) std::copy(tensor.strides, tensor.strides + shown, strides);
    });
}

LAMINA_EXPORT int cudnnGetTensorSizeInBytes(const Tensor* descriptor, std::size_t* bytes) {
    return entry(__func__, [&] {
        require(bytes != nullptr, null_pointer, "size is null");
        Tensor tensor = checked(descriptor, "tensorDesc");
        long long last = 0;
        for (int d = 0; d < tensor.rank; d++) last += static_cast<long long>(tensor.dims[d] - 1) * tensor.strides[d];
        *bytes = static_cast<std::size_t>(last + 1) * lamina::emulator::math::size_of(type_of(tensor, "tensorDesc"));
    });
}
