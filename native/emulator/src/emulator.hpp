// What the emulated libraries share. libcuda.so.1 defines it; the emulated cuBLAS and cuDNN link to that and run on its streams.
//
// Work on a stream is deferred: it is done when somebody waits for it (stream, event or context synchronisation, blocking copies), and only
// what the waiter may rely on. Whoever reads without waiting finds poison. Work that is recorded while a stream captures runs at each
// launch of the graph.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

struct CUstream_st;

namespace lamina::emulator {

/// A range of device memory that queued work reads or writes.
struct Range {
    const void* start;
    std::size_t bytes;
    bool written;
    /// Name of the argument in the caller's signature, for messages.
    const char* argument;
    /// What the start must be a multiple of, in bytes.
    std::size_t alignment = 1;
};

enum class Outcome {
    done,
    /// A range does not lie inside one live allocation, or is misaligned.
    bad_memory,
    /// The stream is unknown or of another context.
    bad_stream,
    /// The call is illegal while the stream captures.
    capture_forbids,
    /// A fault that a test has injected.
    injected,
};

// The libraries are built with hidden symbols; these are what they find in libcuda.so.1.
#pragma GCC visibility push(default)

/// Checks the ranges now and queues the work on the stream (null: the legacy default stream). `call` names the API function.
Outcome enqueue(CUstream_st* stream, const char* call, const std::vector<Range>& ranges, std::function<void()> work);

/// True if the stream is recording a graph.
bool is_capturing(CUstream_st* stream);

/// True if some stream of this thread's context is capturing in a mode that forbids allocations, searches and other unsafe calls.
bool capture_forbids_unsafe_calls();

/// Waits for everything on the stream, as cuStreamSynchronize would.
Outcome synchronize(CUstream_st* stream);

/// To be called once at the start of each API function: counts the call for lamina_emulator_count(). True if a test has asked that the
/// function fails now (see control.hpp); `status` then holds what to return.
bool injected_fault(const char* call, int& status);

/// Keeps the text for lamina_emulator_last_message(), which tests and error messages show: which rule a refused call has broken.
void explain(const std::string& message);

/// Counts a live object of a kind, e.g. "cudnnTensorDescriptor"; a context that is destroyed reports what is still alive.
void created(const char* kind);
void destroyed(const char* kind);

#pragma GCC visibility pop

}
