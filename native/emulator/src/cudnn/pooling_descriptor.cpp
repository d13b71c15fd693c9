// Exports that create, set and read pooling descriptors, and tell the output's size.
#include "pooling.hpp"

#include <algorithm>

namespace lamina::emulator::dnn {

math::Registry<Pooling>& poolings() {
    static auto* registry = new math::Registry<Pooling>("cudnnPoolingDescriptor");
    return *registry;
}

Pooling checked(const Pooling* descriptor) {
    require(descriptor != nullptr, null_pointer, "poolingDesc is null");
    require(poolings().is_live(descriptor), bad_param, "poolingDesc is destroyed or not a pooling descriptor");
    require(descriptor->rank > 0, bad_param, "poolingDesc was created but never set");
    return *descriptor;
}

void output_dims(const Pooling& pooling, const Tensor& input, int* dims) {
    require(input.rank == pooling.rank + 2, shape_mismatch, "the pooling has " + text(pooling.rank) + " spatial dimensions, the input "
            + text(input.rank - 2));
    dims[0] = input.dims[0];
    dims[1] = input.dims[1];
    for (int d = 0; d < pooling.rank; d++) {
        int room = input.dims[d + 2] + 2 * pooling.pads[d] - pooling.windows[d];
        require(room >= 0, bad_param, "the window (" + text(pooling.windows[d]) + ") is larger than the padded input along dimension "
                + text(d + 2));
        dims[d + 2] = 1 + room / pooling.strides[d];
    }
}

}

using namespace lamina::emulator::dnn;

namespace {

void set(Pooling* descriptor, int mode, int nan_option, int rank, const int* windows, const int* pads, const int* strides) {
    require(descriptor != nullptr, null_pointer, "poolingDesc is null");
    require(poolings().is_live(descriptor), bad_param, "poolingDesc is destroyed or not a pooling descriptor");
    require_enum(mode, pooling_max_deterministic, "mode");
    require_enum(nan_option, 1, "maxpoolingNanOpt");
    require(rank >= 1 && rank <= most_dimensions - 2, not_supported_shape, "nbDims is " + text(rank));
    Pooling pooling;
    pooling.rank = rank;
    pooling.mode = mode;
    pooling.nan_option = nan_option;
    for (int d = 0; d < rank; d++) {
        require(windows[d] > 0, bad_param, "window " + text(d) + " is " + text(windows[d]));
        require(pads[d] >= 0, bad_param, "padding " + text(d) + " is " + text(pads[d]));
        require(strides[d] > 0, bad_param, "stride " + text(d) + " is " + text(strides[d]));
        pooling.windows[d] = windows[d];
        pooling.pads[d] = pads[d];
        pooling.strides[d] = strides[d];
    }
    *descriptor = pooling;
}

template <class Value>
void give(Value* target, Value value) {
    if (target != nullptr) *target = value;
}

}

LAMINA_EXPORT int cudnnCreatePoolingDescriptor(Pooling** descriptor) {
    return entry(__func__, [&] {
        require(descriptor != nullptr, null_pointer, "poolingDesc is null");
        need(Part::ops);
        *descriptor = poolings().create();
    });
}

LAMINA_EXPORT int cudnnDestroyPoolingDescriptor(Pooling* descriptor) {
    return entry(__func__, [&] {
        if (descriptor == nullptr) return;
        require(poolings().destroy(descriptor), bad_param, "poolingDesc is destroyed already or not a pooling descriptor");
    });
}

LAMINA_EXPORT int cudnnSetPooling2dDescriptor(Pooling* descriptor, int mode, int nan_option, int window_h, int window_w, int pad_h,
        int pad_w, int stride_h, int stride_w) {
    return entry(__func__, [&] {
        const int windows[] = {window_h, window_w};
        const int pads[] = {pad_h, pad_w};
        const int strides[] = {stride_h, stride_w};
        set(descriptor, mode, nan_option, 2, windows, pads, strides);
    });
}

LAMINA_EXPORT int cudnnGetPooling2dDescriptor(const Pooling* descriptor, int* mode, int* nan_option, int* window_h, int* window_w,
        int* pad_h, int* pad_w, int* stride_h, int* stride_w) {
    return entry(__func__, [&] {
        Pooling p = checked(descriptor);
        require(p.rank == 2, bad_param, "the pooling has " + text(p.rank) + " spatial dimensions, not 2");
        int* const targets[] = {mode, nan_option, window_h, window_w, pad_h, pad_w, stride_h, stride_w};
        const int values[] = {p.mode, p.nan_option, p.windows[0], p.windows[1], p.pads[0], p.pads[1], p.strides[0], p.strides[1]};
        for (int i = 0; i < 8; i++) give(targets[i], values[i]);
    });
}

LAMINA_EXPORT int cudnnSetPoolingNdDescriptor(Pooling* descriptor, int mode, int nan_option, int rank, const int* windows, const int* pads,
        const int* strides) {
    return entry(__func__, [&] {
        require(windows != nullptr && pads != nullptr && strides != nullptr, null_pointer, "windowDimA, paddingA or strideA is null");
        set(descriptor, mode, nan_option, rank, windows, pads, strides);
    });
}

LAMINA_EXPORT int cudnnGetPoolingNdDescriptor(const Pooling* descriptor, int requested, int* mode, int* nan_option, int* rank,
        int* windows, int* pads, int* strides) {
    return entry(__func__, [&] {
        Pooling p = checked(descriptor);
        require(requested >= 0, bad_param, "nbDimsRequested is " + text(requested));
        int shown = std::min(requested, p.rank);
        give(mode, p.mode);
        give(nan_option, p.nan_option);
        give(rank, p.rank);
        if (windows != nullptr) std::copy(p.windows, p.windows + shown, windows);
        if (pads != nullptr) std::copy(p.pads, p.pads + shown, pads);
        if (strides != nullptr) std::copy(p.strides, p.strides + shown, strides);
    });
}

LAMINA_EXPORT int cudnnGetPoolingNdForwardOutputDim(const Pooling* descriptor, const Tensor* input, int rank, int* dims) {
    return entry(__func__, [&] {
        Tensor x = checked(input, "inputTensorDesc");
        require(dims != nullptr, null_pointer, "outputTensorDimA is null");
        require(rank == x.rank, bad_param, "nbDims is " + text(rank) + ", the input has " + text(x.rank) + " dimensions");
        output_dims(checked(descriptor), x, dims);
    });
}

LAMINA_EXPORT int cudnnGetPooling2dForwardOutputDim(const Pooling* descriptor, const Tensor* input, int* n, int* c, int* h, int* w) {
    return entry(__func__, [&] {
        Tensor x = checked(input, "inputTensorDesc");
        require(x.rank == 4, bad_param, "the input has " + text(x.rank) + " dimensions, not 4");
        int dims[most_dimensions];
        output_dims(checked(descriptor), x, dims);
        give(n, dims[0]);
        give(c, dims[1]);
        give(h, dims[2]);
        give(w, dims[3]);
    });
}
