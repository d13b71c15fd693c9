// Exports that ask for algorithms: workspace sizes, heuristics (GetAlgorithm_v7) and measured search (Find, FindEx).
//
// The emulator measures nothing; its times follow from the amount of work, so that searches are reproducible. Like the device's, the
// search with buffers overwrites its output and its workspace.
#include "convolution.hpp"

#include <algorithm>

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

namespace {

/// Layout of cudnnConvolution{Fwd,BwdData,BwdFilter}AlgoPerf_t.
struct Performance {
    int algo;
    int status;
    float time;
    std::size_t memory;
    int determinism;
    int math_type;
    int reserved[3];
};
static_assert(sizeof(Performance) == 48, "as the callers' headers lay it out");

Performance rate(Direction direction, int number, const Geometry& g, std::size_t limit) {
    try {
        Algorithm how = algorithm(direction, number, g);
        int math = g.convolution.math_type == fma_math ? fma_math : how.tensor_cores ? tensor_op_math : default_math;
        if (how.workspace > limit) {
            return {number, host_allocation_failed, -1, how.workspace, how.deterministic, math, {}};
        }
        return {number, success, how.time, how.workspace, how.deterministic, math, {}};
    } catch (const math::Refusal& refusal) {
        return {number, refusal.status, -1, 0, 0, default_math, {}};
    }
}

/// Fills in the results, fastest first, those that cannot be used last.
void list(Direction direction, const Geometry& g, std::size_t limit, int requested, int* returned, Performance* results) {
    require(requested > 0, bad_param, "requestedAlgoCount is " + text(requested));
    require(returned != nullptr && results != nullptr, null_pointer, "returnedAlgoCount or perfResults is null");
    std::vector<Performance> all;
    for (int i = 0; i < algorithm_count(direction); i++) all.push_back(rate(direction, i, g, limit));
    std::stable_sort(all.begin(), all.end(), [](const Performance& a, const Performance& b) {
        bool first = a.status == success;
        bool second = b.status == success;
        return first != second ? first : first && a.time < b.time;
    });
    *returned = std::min(requested, static_cast<int>(all.size()));
    std::copy(all.begin(), all.begin() + *returned, results);
}

constexpr std::size_t no_limit = SIZE_MAX;

int count(const char* call, Direction direction, Handle* handle, int* count) {
    return entry(call, [&] {
        checked(handle);
        require(count != nullptr, null_pointer, "count is null");
        *count = algorithm_count(direction);
    });
}

int size(const char* call, Direction direction, Handle* handle, const Tensor* x, const Filter* w, const Convolution* c, const Tensor* y,
        const char* const* names, int algo, std::size_t* bytes) {
    return entry(call, [&] {
        checked(handle);
        need(Part::cnn);
        require(bytes != nullptr, null_pointer, "sizeInBytes is null");
        *bytes = algorithm(direction, algo, geometry(x, w, c, y, names)).workspace;
    });
}

/// The heuristics, or with `measure` the search that allocates its own buffers.
int rank(const char* call, Direction direction, Handle* handle, const Tensor* x, const Filter* w, const Convolution* c, const Tensor* y,
        const char* const* names, bool measure, int requested, int* returned, Performance* results) {
    return entry(call, [&] {
        Handle& live = checked(handle);
        need(Part::cnn);
        need(measure ? Part::engines : Part::heuristic);
        if (measure) {
            require(!capture_forbids_unsafe_calls(), execution_failed, "a stream is capturing; search before");
            wait(live);
        }
        list(direction, geometry(x, w, c, y, names), no_limit, requested, returned, results);
    });
}

struct Buffer {
    const void* data;
    const char* argument;
};

/// The search with the caller's buffers; `output` says which of the three is overwritten.
int search(const char* call, Direction direction, Handle* handle, const Tensor* x_desc, Buffer x, const Filter* w_desc, Buffer w,
        const Convolution* c, const Tensor* y_desc, Buffer y, const char* const* names, int output, int requested, int* returned,
        Performance* results, void* space, std::size_t space_bytes) {
    return entry(call, [&] {
        Handle& live = checked(handle);
        need(Part::cnn);
        need(Part::engines);
        require(!capture_forbids_unsafe_calls(), execution_failed, "a stream is capturing; search before");
        Geometry g = geometry(x_desc, w_desc, c, y_desc, names);
        std::vector<Range> ranges{range(g.x, x.data, output == 0, x.argument), range(g.w, w.data, output == 1, w.argument),
                range(g.y, y.data, output == 2, y.argument)};
        Range target = ranges[output];
        ranges.push_back(workspace(space, space == nullptr ? 0 : space_bytes, 0));
        list(direction, g, space == nullptr ? 0 : space_bytes, requested, returned, results);
        queue(live, call, ranges, [=] {
            scribble(const_cast<void*>(target.start), target.bytes);
            scribble(space, space_bytes);
        });
        wait(live);
    });
}

}

LAMINA_EXPORT int cudnnGetConvolutionForwardAlgorithmMaxCount(Handle* handle, int* number) {
    return count(__func__, Direction::forward, handle, number);
}

LAMINA_EXPORT int cudnnGetConvolutionBackwardDataAlgorithmMaxCount(Handle* handle, int* number) {
    return count(__func__, Direction::backward_data, handle, number);
}

LAMINA_EXPORT int cudnnGetConvolutionBackwardFilterAlgorithmMaxCount(Handle* handle, int* number) {
    return count(__func__, Direction::backward_filter, handle, number);
}

LAMINA_EXPORT int cudnnGetConvolutionForwardWorkspaceSize(Handle* handle, const Tensor* x, const Filter* w, const Convolution* c,
        const Tensor* y, int algo, std::size_t* bytes) {
    return size(__func__, Direction::forward, handle, x, w, c, y, forward_names, algo, bytes);
}

LAMINA_EXPORT int cudnnGetConvolutionBackwardDataWorkspaceSize(Handle* handle, const Filter* w, const Tensor* dy, const Convolution* c,
        const Tensor* dx, int algo, std::size_t* bytes) {
    return size(__func__, Direction::backward_data, handle, dx, w, c, dy, data_names, algo, bytes);
}

LAMINA_EXPORT int cudnnGetConvolutionBackwardFilterWorkspaceSize(Handle* handle, const Tensor* x, const Tensor* dy, const Convolution* c,
        const Filter* dw, int algo, std::size_t* bytes) {
    return size(__func__, Direction::backward_filter, handle, x, dw, c, dy, filter_names, algo, bytes);
}

LAMINA_EXPORT int cudnnGetConvolutionForwardAlgorithm_v7(Handle* handle, const Tensor* x, const Filter* w, const Convolution* c,
        const Tensor* y, int requested, int* returned, Performance* results) {
    return rank(__func__, Direction::forward, handle, x, w, c, y, forward_names, false, requested, returned, results);
}

LAMINA_EXPORT int cudnnGetConvolutionBackwardDataAlgorithm_v7(Handle* handle, const Filter* w, const Tensor* dy, const Convolution* c,
        const Tensor* dx, int requested, int* returned, Performance* results) {
    return rank(__func__, Direction::backward_data, handle, dx, w, c, dy, data_names, false, requested, returned, results);
}

LAMINA_EXPORT int cudnnGetConvolutionBackwardFilterAlgorithm_v7(Handle* handle, const Tensor* x, const Tensor* dy, const Convolution* c,
        const Filter* dw, int requested, int* returned, Performance* results) {
    return rank(__func__, Direction::backward_filter, handle, x, dw, c, dy, filter_names, false, requested, returned, results);
}

LAMINA_EXPORT int cudnnFindConvolutionForwardAlgorithm(Handle* handle, const Tensor* x, const Filter* w, const Convolution* c,
        const Tensor* y, int requested, int* returned, Performance* results) {
    return rank(__func__, Direction::forward, handle, x, w, c, y, forward_names, true, requested, returned, results);
}

LAMINA_EXPORT int cudnnFindConvolutionBackwardDataAlgorithm(Handle* handle, const Filter* w, const Tensor* dy, const Convolution* c,
        const Tensor* dx, int requested, int* returned, Performance* results) {
    return rank(__func__, Direction::backward_data, handle, dx, w, c, dy, data_names, true, requested, returned, results);
}

LAMINA_EXPORT int cudnnFindConvolutionBackwardFilterAlgorithm(Handle* handle, const Tensor* x, const Tensor* dy, const Convolution* c,
        const Filter* dw, int requested, int* returned, Performance* results) {
    return rank(__func__, Direction::backward_filter, handle, x, dw, c, dy, filter_names, true, requested, returned, results);
}

LAMINA_EXPORT int cudnnFindConvolutionForwardAlgorithmEx(Handle* handle, const Tensor* x_desc, const void* x, const Filter* w_desc,
        const void* w, const Convolution* c, const Tensor* y_desc, void* y, int requested, int* returned, Performance* results,
        void* space, std::size_t space_bytes) {
    return search(__func__, Direction::forward, handle, x_desc, {x, "x"}, w_desc, {w, "w"}, c, y_desc, {y, "y"}, forward_names, 2,
            requested, returned, results, space, space_bytes);
}

LAMINA_EXPORT int cudnnFindConvolutionBackwardDataAlgorithmEx(Handle* handle, const Filter* w_desc, const void* w, const Tensor* dy_desc,
        const void* dy, const Convolution* c, const Tensor* dx_desc, void* dx, int requested, int* returned, Performance* results,
        void* space, std::size_t space_bytes) {
    return search(__func__, Direction::backward_data, handle, dx_desc, {dx, "dx"}, w_desc, {w, "w"}, c, dy_desc, {dy, "dy"}, data_names, 0,
            requested, returned, results, space, space_bytes);
}

LAMINA_EXPORT int cudnnFindConvolutionBackwardFilterAlgorithmEx(Handle* handle, const Tensor* x_desc, const void* x, const Tensor* dy_desc,
        const void* dy, const Convolution* c, const Filter* dw_desc, void* dw, int requested, int* returned, Performance* results,
        void* space, std::size_t space_bytes) {
    return search(__func__, Direction::backward_filter, handle, x_desc, {x, "x"}, dw_desc, {dw, "dw"}, c, dy_desc, {dy, "dy"},
            filter_names, 1, requested, returned, results, space, space_bytes);
}
