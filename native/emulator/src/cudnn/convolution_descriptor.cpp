// Exports that create, set and read convolution descriptors, and tell the output's size.
#include "convolution.hpp"

#include <algorithm>

namespace lamina::emulator::dnn {

math::Registry<Convolution>& convolutions() {
    static auto* registry = new math::Registry<Convolution>("cudnnConvolutionDescriptor");
    return *registry;
}

Convolution checked(const Convolution* descriptor) {
    require(descriptor != nullptr, null_pointer, "convDesc is null");
    require(convolutions().is_live(descriptor), bad_param, "convDesc is destroyed or not a convolution descriptor");
    require(descriptor->rank > 0, bad_param, "convDesc was created but never set");
    return *descriptor;
}

void output_dims(const Convolution& convolution, const Tensor& input, const Filter& filter, int* dims) {
    require(filter.rank == input.rank, shape_mismatch, "the filter has " + text(filter.rank) + " dimensions, the input "
            + text(input.rank));
    require(convolution.rank == input.rank - 2, shape_mismatch, "the convolution has " + text(convolution.rank)
            + " spatial dimensions, the input " + text(input.rank - 2));
    require(filter.dims[1] * static_cast<long long>(convolution.groups) == input.dims[1], shape_mismatch, "the filter has "
            + text(filter.dims[1]) + " channels in each of " + text(convolution.groups) + " groups, the input " + text(input.dims[1]));
    require(filter.dims[0] % convolution.groups == 0, shape_mismatch, text(filter.dims[0]) + " output channels do not divide into "
            + text(convolution.groups) + " groups");
    dims[0] = input.dims[0];
    dims[1] = filter.dims[0];
    for (int d = 0; d < convolution.rank; d++) {
        long long window = static_cast<long long>(filter.dims[d + 2] - 1) * convolution.dilations[d] + 1;
        long long room = input.dims[d + 2] + 2LL * convolution.pads[d] - window;
        require(room >= 0, bad_param, "the dilated filter (" + text(window) + ") is larger than the padded input along dimension "
                + text(d + 2));
        dims[d + 2] = static_cast<int>(1 + room / convolution.strides[d]);
    }
}

}

using namespace lamina::emulator::dnn;

namespace {

Convolution& live(Convolution* descriptor) {
    require(descriptor != nullptr, null_pointer, "convDesc is null");
    require(convolutions().is_live(descriptor), bad_param, "convDesc is destroyed or not a convolution descriptor");
    return *descriptor;
}

void set(Convolution* descriptor, int rank, const int* pads, const int* strides, const int* dilations, int mode, int compute_type) {
    Convolution convolution = live(descriptor);
    require(rank >= 1 && rank <= most_dimensions - 2, not_supported_shape, "arrayLength is " + text(rank));
    require_enum(mode, 1, "mode");
    require_enum(compute_type, 16, "computeType");
    convolution.rank = rank;
    convolution.mode = mode;
    convolution.compute_type = compute_type;
    for (int d = 0; d < rank; d++) {
        require(pads[d] >= 0, bad_param, "padding " + text(d) + " is " + text(pads[d]));
        require(strides[d] > 0, bad_param, "stride " + text(d) + " is " + text(strides[d]));
        require(dilations[d] > 0, bad_param, "dilation " + text(d) + " is " + text(dilations[d]));
        convolution.pads[d] = pads[d];
        convolution.strides[d] = strides[d];
        convolution.dilations[d] = dilations[d];
    }
    *descriptor = convolution;
}

template <class Value>
void give(Value* target, Value value) {
    if (target != nullptr) *target = value;
}

}

LAMINA_EXPORT int cudnnCreateConvolutionDescriptor(Convolution** descriptor) {
    return entry(__func__, [&] {
        require(descriptor != nullptr, null_pointer, "convDesc is null");
        need(Part::cnn);
        *descriptor = convolutions().create();
    });
}

LAMINA_EXPORT int cudnnDestroyConvolutionDescriptor(Convolution* descriptor) {
    return entry(__func__, [&] {
        if (descriptor == nullptr) return;
        require(convolutions().destroy(descriptor), bad_param, "convDesc is destroyed already or not a convolution descriptor");
    });
}

LAMINA_EXPORT int cudnnSetConvolution2dDescriptor(Convolution* descriptor, int pad_h, int pad_w, int u, int v, int dilation_h,
        int dilation_w, int mode, int compute_type) {
    return entry(__func__, [&] {
        const int pads[] = {pad_h, pad_w};
        const int strides[] = {u, v};
        const int dilations[] = {dilation_h, dilation_w};
        set(descriptor, 2, pads, strides, dilations, mode, compute_type);
    });
}

LAMINA_EXPORT int cudnnGetConvolution2dDescriptor(const Convolution* descriptor, int* pad_h, int* pad_w, int* u, int* v, int* dilation_h,
        int* dilation_w, int* mode, int* compute_type) {
    return entry(__func__, [&] {
        Convolution c = checked(descriptor);
        require(c.rank == 2, bad_param, "the convolution has " + text(c.rank) + " spatial dimensions, not 2");
        int* const targets[] = {pad_h, pad_w, u, v, dilation_h, dilation_w, mode, compute_type};
        const int values[] = {c.pads[0], c.pads[1], c.strides[0], c.strides[1], c.dilations[0], c.dilations[1], c.mode, c.compute_type};
        for (int i = 0; i < 8; i++) give(targets[i], values[i]);
    });
}

LAMINA_EXPORT int cudnnSetConvolutionNdDescriptor(Convolution* descriptor, int rank, const int* pads, const int* strides,
        const int* dilations, int mode, int compute_type) {
    return entry(__func__, [&] {
        require(pads != nullptr && strides != nullptr && dilations != nullptr, null_pointer, "padA, filterStrideA or dilationA is null");
        set(descriptor, rank, pads, strides, dilations, mode, compute_type);
    });
}

LAMINA_EXPORT int cudnnGetConvolutionNdDescriptor(const Convolution* descriptor, int requested, int* rank, int* pads, int* strides,
        int* dilations, int* mode, int* compute_type) {
    return entry(__func__, [&] {
        Convolution c = checked(descriptor);
        require(requested >= 0, bad_param, "arrayLengthRequested is " + text(requested));
        int shown = std::min(requested, c.rank);
        give(rank, c.rank);
        give(mode, c.mode);
        give(compute_type, c.compute_type);
        if (pads != nullptr) std::copy(c.pads, c.pads + shown, pads);
        if (strides != nullptr) std::copy(c.strides, c.strides + shown, strides);
        if (dilations != nullptr) std::copy(c.dilations, c.dilations + shown, dilations);
    });
}

LAMINA_EXPORT int cudnnSetConvolutionGroupCount(Convolution* descriptor, int groups) {
    return entry(__func__, [&] {
        require(groups > 0, bad_param, "groupCount is " + text(groups));
        live(descriptor).groups = groups;
    });
}

LAMINA_EXPORT int cudnnGetConvolutionGroupCount(Convolution* descriptor, int* groups) {
    return entry(__func__, [&] { give(groups, live(descriptor).groups); });
}

LAMINA_EXPORT int cudnnSetConvolutionMathType(Convolution* descriptor, int math_type) {
    return entry(__func__, [&] {
        require_enum(math_type, fma_math, "mathType");
        live(descriptor).math_type = math_type;
    });
}

LAMINA_EXPORT int cudnnGetConvolutionMathType(Convolution* descriptor, int* math_type) {
    return entry(__func__, [&] { give(math_type, live(descriptor).math_type); });
}

LAMINA_EXPORT int cudnnSetConvolutionReorderType(Convolution* descriptor, int reorder) {
    return entry(__func__, [&] {
        require_enum(reorder, 1, "reorderType");
        live(descriptor).reorder = reorder;
    });
}

LAMINA_EXPORT int cudnnGetConvolutionReorderType(Convolution* descriptor, int* reorder) {
    return entry(__func__, [&] { give(reorder, live(descriptor).reorder); });
}

LAMINA_EXPORT int cudnnGetConvolutionNdForwardOutputDim(const Convolution* descriptor, const Tensor* input, const Filter* filter, int rank,
        int* dims) {
    return entry(__func__, [&] {
        Tensor x = checked(input, "inputTensorDesc");
        require(dims != nullptr, null_pointer, "tensorOutputDimA is null");
        require(rank == x.rank, bad_param, "nbDims is " + text(rank) + ", the input has " + text(x.rank) + " dimensions");
        output_dims(checked(descriptor), x, checked(filter, "filterDesc"), dims);
    });
}

LAMINA_EXPORT int cudnnGetConvolution2dForwardOutputDim(const Convolution* descriptor, const Tensor* input, const Filter* filter, int* n,
        int* c, int* h, int* w) {
    return entry(__func__, [&] {
        Tensor x = checked(input, "inputTensorDesc");
        require(x.rank == 4, bad_param, "the input has " + text(x.rank) + " dimensions, not 4");
        int dims[most_dimensions];
        output_dims(checked(descriptor), x, checked(filter, "filterDesc"), dims);
        give(n, dims[0]);
        give(c, dims[1]);
        give(h, dims[2]);
        give(w, dims[3]);
    });
}
