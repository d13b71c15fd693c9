// Inside of the emulated cuBLAS: statuses, the handle, and what all its functions check.
#pragma once

#include "../math/call.hpp"
#include "../math/numbers.hpp"
#include "../math/registry.hpp"

#include <mutex>

namespace lamina::emulator::blas {

using math::refuse;
using math::require;

/// Numbers of cublasStatus_t.
enum Status {
    success = 0,
    not_initialized = 1,
    alloc_failed = 3,
    invalid_value = 7,
    arch_mismatch = 8,
    mapping_error = 11,
    execution_failed = 13,
    internal_error = 14,
    not_supported = 15,
    license_error = 16,
};

/// Numbers of cublasMath_t; the reduction flag is added to one of them.
enum MathMode { default_math = 0, tensor_op_math = 1, pedantic_math = 2, tf32_math = 3, no_reduced_reduction = 16 };

/// Version the stand-in reports: cuBLAS 12.6.4.
constexpr int major_version = 12;
constexpr int minor_version = 6;
constexpr int patch_level = 4;

struct Handle {
    CUstream_st* stream = nullptr;
    void* workspace = nullptr;
    std::size_t workspace_bytes = 0;
    int math_mode = default_math;
    int pointer_mode = 0;
    int atomics_mode = 0;
    std::mutex in_use;
};

math::Registry<Handle>& handles();

/// Runs the body of an exported function. Faults and messages name it as the documentation does, without _v2.
template <class Body>
int entry(const char* call, const Body& body) {
    std::string name = call;
    std::size_t suffix = name.rfind("_v2");
    if (suffix != std::string::npos) name.resize(suffix);
    return math::entry(name.c_str(), alloc_failed, [](const std::string&) {}, body);
}

/// The live handle, or a refusal.
Handle& checked(Handle* handle);

/// Queues the work on the handle's stream together with the use of its workspace, which the work leaves full of poison.
void queue(Handle& handle, const char* call, std::vector<Range> ranges, std::function<void()> work);

}
