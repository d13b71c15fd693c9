// Handles of the emulated cuDNN and the queueing of work on their stream.
#include "dnn.hpp"

#include <cstring>

namespace lamina::emulator::dnn {

math::Registry<Handle>& handles() {
    static auto* registry = new math::Registry<Handle>("cudnnHandle");
    return *registry;
}

Handle& checked(Handle* handle) {
    require(handle != nullptr, null_pointer, "the handle is null");
    require(handles().is_live(handle), not_initialized, "the handle is destroyed or not a cudnnHandle");
    return *handle;
}

namespace {

/// The emulated driver has explained itself already.
void settle(Outcome outcome) {
    switch (outcome) {
    case Outcome::done: return;
    case Outcome::bad_memory: refuse(execution_failed_driver, "");
    case Outcome::bad_stream: refuse(bad_param, "");
    case Outcome::capture_forbids: refuse(execution_failed_driver, "");
    case Outcome::injected: refuse(internal_error, "");
    }
}

}

void queue(Handle& handle, const char* call, std::vector<Range> ranges, std::function<void()> work) {
    math::Turn turn(handle.in_use);
    require(turn.alone(), internal_error, "another thread uses this handle at the same time");
    math::require_apart(ranges, bad_param);
    settle(enqueue(handle.stream, call, ranges, std::move(work)));
}

void wait(Handle& handle) {
    settle(synchronize(handle.stream));
}

Range workspace(void* start, std::size_t bytes, std::size_t needed) {
    require(bytes >= needed, size_insufficient, "the workspace has " + std::to_string(bytes) + " bytes, but the algorithm needs "
            + std::to_string(needed));
    require(start != nullptr || needed == 0, null_pointer, "workSpace is null, but the algorithm needs " + std::to_string(needed)
            + " bytes");
    require(math::is_aligned(start, 16), misaligned_pointer, "workSpace is not aligned to 16 bytes");
    return {start, start == nullptr ? 0 : bytes, true, "workSpace"};
}

void scribble(void* start, std::size_t bytes) {
    if (start != nullptr && bytes > 0) {
        std::memset(start, math::poison, bytes);
    }
}

void require_enum(int value, int last, const char* argument) {
    require(value >= 0 && value <= last, bad_param, std::string(argument) + " has the unknown value " + std::to_string(value));
}

}

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

LAMINA_EXPORT int cudnnCreate(Handle** handle) {
    return entry(__func__, [&] {
        require(handle != nullptr, null_pointer, "handle is null");
        need(Part::graph);
        require(!capture_forbids_unsafe_calls(), internal_error, "a stream is capturing; create handles before");
        *handle = handles().create();
    });
}

LAMINA_EXPORT int cudnnDestroy(Handle* handle) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(!capture_forbids_unsafe_calls(), internal_error, "a stream is capturing; destroying a handle synchronises");
        synchronize(live.stream);
        handles().destroy(handle);
    });
}

LAMINA_EXPORT int cudnnSetStream(Handle* handle, CUstream_st* stream) {
    return entry(__func__, [&] { checked(handle).stream = stream; });
}

LAMINA_EXPORT int cudnnGetStream(Handle* handle, CUstream_st** stream) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        require(stream != nullptr, null_pointer, "streamId is null");
        *stream = live.stream;
    });
}

/// Errors are reported where they are made; none is ever pending.
LAMINA_EXPORT int cudnnQueryRuntimeError(Handle* handle, int* status, int mode, void*) {
    return entry(__func__, [&] {
        checked(handle);
        require(status != nullptr, null_pointer, "rstatus is null");
        require_enum(mode, 2, "mode");
        *status = success;
    });
}
