// What the emulated cuBLAS and cuDNN use: emulator.hpp.
#include "capture.hpp"
#include "context.hpp"
#include "memory.hpp"

namespace lamina::emulator {
namespace {

Outcome outcome_of(const Refusal& refusal) {
    switch (refusal.status) {
        case invalid_handle: case invalid_context: case context_is_destroyed: return Outcome::bad_stream;
        case capture_unsupported: case capture_invalidated: case capture_merge: case capture_implicit: return Outcome::capture_forbids;
        default: return Outcome::bad_memory;
    }
}

template <class Body>
Outcome outcome(const char* call, Body body) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    try {
        require_initialised();
        body(current_context());
        return Outcome::done;
    } catch (const Refusal& refusal) {
        explain(text(call, ": ", refusal.message));
        return outcome_of(refusal);
    }
}

}

Outcome enqueue(CUstream_st* stream, const char* call, const std::vector<Range>& ranges, std::function<void()> work) {
    return outcome(call, [&](Context& context) {
        auto node = std::make_shared<Work>();
        node->call = call;
        node->kind = 0;
        node->device = ranges;
        node->run = std::move(work);
        submit(context, stream, node);
    });
}

bool is_capturing(CUstream_st* stream) {
    std::lock_guard<std::recursive_mutex> lock(everything());
    return streams().is_live(stream) && stream->capture;
}

bool capture_forbids_unsafe_calls() {
    std::lock_guard<std::recursive_mutex> lock(everything());
    return !forbidding_captures().empty();
}

Outcome synchronize(CUstream_st* handle) {
    return outcome("synchronisation", [&](Context& context) {
        Stream& stream = find_stream(context, handle);
        forbid_while_capturing(stream, "synchronisation");
        complete(stream.last);
        settle(context);
    });
}

}
