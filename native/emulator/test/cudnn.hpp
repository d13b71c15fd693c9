// Declarations of the emulated cuDNN for its tests, a handle, and descriptors that destroy themselves.
#pragma once

#include "device.hpp"

extern "C" {
int cudnnCreate(void**);
int cudnnDestroy(void*);
int cudnnSetStream(void*, CUstream_st*);
int cudnnGetStream(void*, CUstream_st**);
std::size_t cudnnGetVersion();
const char* cudnnGetErrorString(int);
void cudnnGetLastErrorString(char*, std::size_t);
int cudnnGetProperty(int, int*);
int cudnnCreateTensorDescriptor(void**);
int cudnnDestroyTensorDescriptor(void*);
int cudnnSetTensor4dDescriptor(void*, int format, int type, int, int, int, int);
int cudnnSetTensor4dDescriptorEx(void*, int type, int, int, int, int, int, int, int, int);
int cudnnGetTensor4dDescriptor(void*, int*, int*, int*, int*, int*, int*, int*, int*, int*);
int cudnnSetTensorNdDescriptor(void*, int type, int rank, const int*, const int*);
int cudnnSetTensorNdDescriptorEx(void*, int format, int type, int rank, const int*);
int cudnnGetTensorNdDescriptor(void*, int, int*, int*, int*, int*);
int cudnnGetTensorSizeInBytes(void*, std::size_t*);
int cudnnCreateFilterDescriptor(void**);
int cudnnDestroyFilterDescriptor(void*);
int cudnnSetFilter4dDescriptor(void*, int type, int format, int, int, int, int);
int cudnnGetFilter4dDescriptor(void*, int*, int*, int*, int*, int*, int*);
int cudnnCreateConvolutionDescriptor(void**);
int cudnnDestroyConvolutionDescriptor(void*);
int cudnnSetConvolution2dDescriptor(void*, int, int, int, int, int, int, int mode, int type);
int cudnnSetConvolutionGroupCount(void*, int);
int cudnnSetConvolutionMathType(void*, int);
int cudnnGetConvolution2dForwardOutputDim(void*, void*, void*, int*, int*, int*, int*);
int cudnnCreateActivationDescriptor(void**);
int cudnnDestroyActivationDescriptor(void*);
int cudnnSetActivationDescriptor(void*, int mode, int nan, double);
int cudnnConvolutionForward(void*, const void*, void*, const void*, void*, const void*, void*, int, void*, std::size_t, const void*, void*,
        void*);
int cudnnConvolutionBiasActivationForward(void*, const void*, void*, const void*, void*, const void*, void*, int, void*, std::size_t,
        const void*, void*, const void*, void*, const void*, void*, void*, void*);
int cudnnConvolutionBackwardData(void*, const void*, void*, const void*, void*, const void*, void*, int, void*, std::size_t, const void*,
        void*, void*);
int cudnnConvolutionBackwardFilter(void*, const void*, void*, const void*, void*, const void*, void*, int, void*, std::size_t, const void*,
        void*, void*);
int cudnnConvolutionBackwardBias(void*, const void*, void*, const void*, const void*, void*, void*);
int cudnnGetConvolutionForwardWorkspaceSize(void*, void*, void*, void*, void*, int, std::size_t*);
int cudnnGetConvolutionForwardAlgorithm_v7(void*, void*, void*, void*, void*, int, int*, void*);
int cudnnGetConvolutionBackwardDataAlgorithm_v7(void*, void*, void*, void*, void*, int, int*, void*);
int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void*, void*, void*, void*, void*, int, int*, void*);
int cudnnFindConvolutionForwardAlgorithm(void*, void*, void*, void*, void*, int, int*, void*);
int cudnnFindConvolutionForwardAlgorithmEx(void*, void*, const void*, void*, const void*, void*, void*, void*, int, int*, void*, void*,
        std::size_t);
}

namespace lamina::test {

constexpr int type_float = 0;
constexpr int type_double = 1;
constexpr int type_bfloat16 = 9;
constexpr int nchw = 0;
constexpr int nhwc = 1;

constexpr int bad_param = 2000;
constexpr int null_pointer = 2002;
constexpr int misaligned_pointer = 2003;
constexpr int size_insufficient = 2006;
constexpr int shape_mismatch = 2008;
constexpr int not_supported = 3000;
constexpr int not_supported_shape = 3002;
constexpr int not_supported_data_type = 3003;
constexpr int not_supported_layout = 3004;

const float one = 1;
const float zero = 0;

class Dnn {
public:
    Dnn() {
        open_device();
        EXPECT_EQUAL(cudnnCreate(&handle), 0);
        EXPECT_EQUAL(cudnnSetStream(handle, stream.get()), 0);
    }
    ~Dnn() { cudnnDestroy(handle); }
    Stream stream;
    void* handle = nullptr;
};

/// A descriptor of any kind by its pair of functions.
template <int (*Create)(void**), int (*Destroy)(void*)>
class Descriptor {
public:
    Descriptor() { EXPECT_EQUAL(Create(&pointer_), 0); }
    ~Descriptor() { Destroy(pointer_); }
    Descriptor(const Descriptor&) = delete;
    void* get() const { return pointer_; }

private:
    void* pointer_ = nullptr;
};

class Tensor : public Descriptor<cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor> {
public:
    Tensor(int n, int c, int h, int w, int type = type_float, int format = nchw) {
        EXPECT_EQUAL(cudnnSetTensor4dDescriptor(get(), format, type, n, c, h, w), 0);
    }
};

class Filter : public Descriptor<cudnnCreateFilterDescriptor, cudnnDestroyFilterDescriptor> {
public:
    Filter(int k, int c, int r, int s, int type = type_float, int format = nchw) {
        EXPECT_EQUAL(cudnnSetFilter4dDescriptor(get(), type, format, k, c, r, s), 0);
    }
};

class Convolution : public Descriptor<cudnnCreateConvolutionDescriptor, cudnnDestroyConvolutionDescriptor> {
public:
    explicit Convolution(int pad = 0, int stride = 1, int dilation = 1, int groups = 1, int type = type_float, int mode = 1) {
        EXPECT_EQUAL(cudnnSetConvolution2dDescriptor(get(), pad, pad, stride, stride, dilation, dilation, mode, type), 0);
        EXPECT_EQUAL(cudnnSetConvolutionGroupCount(get(), groups), 0);
    }
};

class Activation : public Descriptor<cudnnCreateActivationDescriptor, cudnnDestroyActivationDescriptor> {
public:
    explicit Activation(int mode, double coefficient = 0, int nan_option = 0) {
        EXPECT_EQUAL(cudnnSetActivationDescriptor(get(), mode, nan_option, coefficient), 0);
    }
};

/// Layout of cudnnConvolutionFwdAlgoPerf_t and its two siblings.
struct Performance {
    int algo;
    int status;
    float time;
    std::size_t memory;
    int determinism;
    int math_type;
    int reserved[3];
};

/// True if the explanation of the latest refusal has this part.
inline bool explained(const char* part) {
    return std::string(lamina_emulator_last_message()).find(part) != std::string::npos;
}

}
