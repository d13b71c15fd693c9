// Inside of the emulated cuDNN: statuses, the handle, and what all its functions do before and after their own work.
#pragma once

#include "../math/call.hpp"
#include "../math/numbers.hpp"
#include "../math/registry.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace lamina::emulator::dnn {

using math::refuse;
using math::require;

/// Numbers of cudnnStatus_t in cuDNN 9 that the stand-in returns.
enum Status {
    success = 0,
    not_initialized = 1001,
    sublibrary_version_mismatch = 1002,
    sublibrary_loading_failed = 1008,
    bad_param = 2000,
    null_pointer = 2002,
    misaligned_pointer = 2003,
    not_finalized = 2004,
    out_of_bound = 2005,
    size_insufficient = 2006,
    shape_mismatch = 2008,
    not_supported = 3000,
    not_supported_shape = 3002,
    not_supported_data_type = 3003,
    not_supported_layout = 3004,
    not_supported_padding = 3011,
    internal_error = 4000,
    host_allocation_failed = 4003,
    device_allocation_failed = 4004,
    execution_failed = 5000,
    execution_failed_driver = 5001,
};

/// Name of a status as cudnnGetErrorString gives it.
const char* name_of(int status);

struct Handle {
    CUstream_st* stream = nullptr;
    std::mutex in_use;
};

math::Registry<Handle>& handles();

/// Keeps the text for cudnnGetLastErrorString.
void remember(const std::string& text);

/// The parts cuDNN 9 loads when the first function of each is called.
enum class Part { graph, ops, cnn, heuristic, engines };

/// Loads a sub-library once; refuses with SUBLIBRARY_LOADING_FAILED if it is not there and tries again at the next call.
void need(Part part);

/// Runs the body of an exported function.
template <class Body>
int entry(const char* call, const Body& body) {
    return math::entry(call, host_allocation_failed, remember, body);
}

/// The live handle, or a refusal.
Handle& checked(Handle* handle);

/// Checks that the operands lie apart (see in_place for the exception) and queues the work on the handle's stream.
void queue(Handle& handle, const char* call, std::vector<Range> ranges, std::function<void()> work);

/// Waits for the handle's stream.
void wait(Handle& handle);

/// A workspace argument: large enough and aligned; its range for queue().
Range workspace(void* start, std::size_t bytes, std::size_t needed);

/// Fills scratch memory with NaN, as any algorithm may leave it.
void scribble(void* start, std::size_t bytes);

/// Fails unless `value` is an element of an enumeration with values 0 to last.
void require_enum(int value, int last, const char* argument);

inline std::string text(long long value) {
    return std::to_string(value);
}

}
