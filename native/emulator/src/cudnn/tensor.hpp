// Tensor and filter descriptors of the emulated cuDNN.
#pragma once

#include "dnn.hpp"

namespace lamina::emulator::dnn {

constexpr int most_dimensions = 8;

/// Numbers of cudnnDataType_t in use.
enum DataType { data_float = 0, data_double = 1, data_half = 2, data_int8 = 3, data_int32 = 4, data_bfloat16 = 9, data_int64 = 10 };

/// Numbers of cudnnTensorFormat_t.
enum Format { nchw = 0, nhwc = 1, nchw_vect_c = 2 };

/// What a tensor descriptor holds; `rank` 0: never set. Dimensions are n, c, h, w (or n, c, d, h, w ...), strides count elements.
struct Tensor {
    int rank = 0;
    int data_type = data_float;
    int dims[most_dimensions] = {};
    int strides[most_dimensions] = {};
};

/// What a filter descriptor holds: k, c (of one group), r, s; the format says how it lies in memory.
struct Filter {
    int rank = 0;
    int data_type = data_float;
    int format = nchw;
    int dims[most_dimensions] = {};
};

math::Registry<Tensor>& tensors();
math::Registry<Filter>& filters();

/// The descriptor's content, or a refusal if it is null, destroyed or never set.
Tensor checked(const Tensor* descriptor, const char* argument);
Filter checked(const Filter* descriptor, const char* argument);

/// The filter as a tensor with the strides of its format.
Tensor as_tensor(const Filter& filter);

/// The number format, or a refusal for types the emulator does not compute with.
math::Type type_of(const Tensor& tensor, const char* argument);

/// Product of the dimensions.
long long count(const Tensor& tensor);

/// True if the strides are those of a packed tensor with channels second, or last.
bool is_packed_nchw(const Tensor& tensor);
bool is_packed_nhwc(const Tensor& tensor);

bool same_dims(const Tensor& a, const Tensor& b);
bool same_strides(const Tensor& a, const Tensor& b);
std::string describe(const Tensor& tensor);

/// Range of the data behind a descriptor. Refuses null and misaligned pointers, and outputs of which two elements share an address.
Range range(const Tensor& tensor, const void* data, bool written, const char* argument);

/// Reads a host scalar (alpha, beta): double for tensors of double, float for all others.
double scalar(const Tensor& tensor, const void* value, const char* argument);

/// The ranges without the output, if that is exactly the input of the same descriptor (an operation in place); other overlaps stay for
/// queue() to refuse.
std::vector<Range> in_place(const Tensor& input, Range read, const Tensor& output, Range written);

/// Calls body(offset_of_each...) in row-major order over the dimensions; used by everything that works element by element.
template <class Body>
void for_each(const Tensor& shape, const Body& body) {
    int index[most_dimensions] = {};
    long long total = count(shape);
    for (long long i = 0; i < total; i++) {
        body(const_cast<const int*>(index));
        for (int d = shape.rank - 1; d >= 0 && ++index[d] == shape.dims[d]; d--) index[d] = 0;
    }
}

/// Offset of an element; a dimension of 1 in the tensor repeats.
inline long long offset(const Tensor& tensor, const int* index) {
    long long sum = 0;
    for (int d = 0; d < tensor.rank; d++) sum += tensor.dims[d] == 1 ? 0 : static_cast<long long>(index[d]) * tensor.strides[d];
    return sum;
}

}
