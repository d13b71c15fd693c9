// Exports that create, set and read filter descriptors.
#include "tensor.hpp"

#include <algorithm>

using namespace lamina::emulator::dnn;

namespace {

void set(Filter* descriptor, int type, int format, int rank, const int* dims) {
    require(descriptor != nullptr && filters().is_live(descriptor), bad_param, "filterDesc is null, destroyed or not a filter descriptor");
    require_enum(type, 16, "dataType");
    require(format == nchw || format == nhwc, bad_param, "format is " + text(format) + "; NCHW (0) and NHWC (1) fit this data type");
    Filter filter;
    filter.rank = rank;
    filter.data_type = type;
    filter.format = format;
    for (int d = 0; d < rank; d++) {
        require(dims[d] > 0, bad_param, "dimension " + text(d) + " is " + text(dims[d]));
        filter.dims[d] = dims[d];
    }
    require(count(as_tensor(filter)) < (1LL << 31), not_supported_shape, "the filter has 2^31 elements or more");
    *descriptor = filter;
}

}

LAMINA_EXPORT int cudnnCreateFilterDescriptor(Filter** descriptor) {
    return entry(__func__, [&] {
        require(descriptor != nullptr, null_pointer, "filterDesc is null");
        need(Part::graph);
        *descriptor = filters().create();
    });
}

LAMINA_EXPORT int cudnnDestroyFilterDescriptor(Filter* descriptor) {
    return entry(__func__, [&] {
        if (descriptor == nullptr) return;
        require(filters().destroy(descriptor), bad_param, "filterDesc is destroyed already or not a filter descriptor");
    });
}

LAMINA_EXPORT int cudnnSetFilter4dDescriptor(Filter* descriptor, int type, int format, int k, int c, int h, int w) {
    return entry(__func__, [&] {
        const int dims[] = {k, c, h, w};
        set(descriptor, type, format, 4, dims);
    });
}

LAMINA_EXPORT int cudnnGetFilter4dDescriptor(const Filter* descriptor, int* type, int* format, int* k, int* c, int* h, int* w) {
    return entry(__func__, [&] {
        Filter filter = checked(descriptor, "filterDesc");
        require(filter.rank == 4, bad_param, "the filter has " + text(filter.rank) + " dimensions, not 4");
        int* const targets[] = {type, format, k, c, h, w};
        const int values[] = {filter.data_type, filter.format, filter.dims[0], filter.dims[1], filter.dims[2], filter.dims[3]};
        for (int i = 0; i < 6; i++) {
            if (targets[i] != nullptr) *targets[i] = values[i];
        }
    });
}

LAMINA_EXPORT int cudnnSetFilterNdDescriptor(Filter* descriptor, int type, int format, int rank, const int* dims) {
    return entry(__func__, [&] {
        require(rank >= 3 && rank <= most_dimensions, not_supported_shape, "nbDims is " + text(rank) + "; filters have 3 to 8 dimensions");
        require(dims != nullptr, null_pointer, "filterDimA is null");
        set(descriptor, type, format, rank, dims);
    });
}

LAMINA_EXPORT int cudnnGetFilterNdDescriptor(const Filter* descriptor, int requested, int* type, int* format, int* rank, int* dims) {
    return entry(__func__, [&] {
        Filter filter = checked(descriptor, "filterDesc");
        require(requested >= 0 && requested <= most_dimensions, bad_param, "nbDimsRequested is " + text(requested));
        if (type != nullptr) *type = filter.data_type;
        if (format != nullptr) *format = filter.format;
        if (rank != nullptr) *rank = filter.rank;
        if (dims != nullptr) std::copy(filter.dims, filter.dims + std::min(requested, filter.rank), dims);
    });
}

LAMINA_EXPORT int cudnnGetFilterSizeInBytes(const Filter* descriptor, std::size_t* bytes) {
    return entry(__func__, [&] {
        require(bytes != nullptr, null_pointer, "size is null");
        Tensor tensor = as_tensor(checked(descriptor, "filterDesc"));
        *bytes = static_cast<std::size_t>(count(tensor)) * lamina::emulator::math::size_of(type_of(tensor, "filterDesc"));
    });
}
