// Handles of the emulated cuBLAS: creation, stream, workspace and modes.
#include "blas.hpp"

#include <cstring>

namespace lamina::emulator::blas {

math::Registry<Handle>& handles() {
    static auto* registry = new math::Registry<Handle>("cublasHandle");
    return *registry;
}

Handle& checked(Handle* handle) {
    require(handle != nullptr && handles().is_live(handle), not_initialized, "the handle is null, destroyed or not a cublasHandle");
    return *handle;
}

void queue(Handle& handle, const char* call, std::vector<Range> ranges, std::function<void()> work) {
    math::Turn turn(handle.in_use);
    require(turn.alone(), internal_error, "another thread uses this handle at the same time");
    if (handle.workspace_bytes > 0) {
        ranges.push_back({handle.workspace, handle.workspace_bytes, true, "workspace"});
    }
    math::require_apart(ranges, invalid_value);
    void* workspace = handle.workspace;
    std::size_t bytes = handle.workspace_bytes;
    Outcome outcome = enqueue(handle.stream, call, ranges, [work = std::move(work), workspace, bytes] {
        if (bytes > 0) std::memset(workspace, math::poison, bytes);
        work();
    });
    switch (outcome) {
    case Outcome::done: return;
    case Outcome::bad_memory: refuse(execution_failed, "");
    case Outcome::bad_stream: refuse(execution_failed, "");
    case Outcome::capture_forbids: refuse(execution_failed, "");
    case Outcome::injected: refuse(internal_error, "");
    }
}

}

using namespace lamina::emulator;
using namespace lamina::emulator::blas;

LAMINA_EXPORT int cublasCreate_v2(Handle** handle) {
    return entry(__func__, [&] {
        require(handle != nullptr, invalid_value, "handle is null");
        require(!capture_forbids_unsafe_calls(), alloc_failed, "a stream is capturing; create handles before");
        *handle = handles().create();
    });
}

LAMINA_EXPORT int cublasDestroy_v2(Handle* handle) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(!capture_forbids_unsafe_calls(), internal_error, "a stream is capturing; destroying a handle synchronises");
        synchronize(live.stream);
        handles().destroy(handle);
    });
}

LAMINA_EXPORT int cublasSetStream_v2(Handle* handle, CUstream_st* stream) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        live.stream = stream;
        // As documented: a new stream puts the default workspace back. Who forgets to set the own one again does not get it.
        live.workspace = nullptr;
        live.workspace_bytes = 0;
    });
}

LAMINA_EXPORT int cublasGetStream_v2(Handle* handle, CUstream_st** stream) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(stream != nullptr, invalid_value, "streamId is null");
        *stream = live.stream;
    });
}

LAMINA_EXPORT int cublasSetWorkspace_v2(Handle* handle, void* workspace, std::size_t bytes) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(workspace != nullptr || bytes == 0, invalid_value, "workspace is null but its size is " + std::to_string(bytes));
        require(math::is_aligned(workspace, 256), invalid_value, "the workspace must be aligned to 256 bytes");
        live.workspace = workspace;
        live.workspace_bytes = bytes;
    });
}

LAMINA_EXPORT int cublasSetMathMode(Handle* handle, int mode) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        int base = mode & ~no_reduced_reduction;
        require(base >= default_math && base <= tf32_math, invalid_value, "unknown math mode " + std::to_string(mode));
        live.math_mode = mode;
    });
}

LAMINA_EXPORT int cublasGetMathMode(Handle* handle, int* mode) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(mode != nullptr, invalid_value, "mode is null");
        *mode = live.math_mode;
    });
}

LAMINA_EXPORT int cublasSetPointerMode_v2(Handle* handle, int mode) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(mode == 0 || mode == 1, invalid_value, "unknown pointer mode " + std::to_string(mode));
        require(mode == 0, not_supported, "the emulator takes scalars from the host only (CUBLAS_POINTER_MODE_HOST)");
        live.pointer_mode = mode;
    });
}

LAMINA_EXPORT int cublasGetPointerMode_v2(Handle* handle, int* mode) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(mode != nullptr, invalid_value, "mode is null");
        *mode = live.pointer_mode;
    });
}

LAMINA_EXPORT int cublasSetAtomicsMode(Handle* handle, int mode) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(mode == 0 || mode == 1, invalid_value, "unknown atomics mode " + std::to_string(mode));
        live.atomics_mode = mode;
    });
}

LAMINA_EXPORT int cublasGetAtomicsMode(Handle* handle, int* mode) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(mode != nullptr, invalid_value, "mode is null");
        *mode = live.atomics_mode;
    });
}
