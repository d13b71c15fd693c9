// Streams.
#include "capture.hpp"
#include "context.hpp"

#include <algorithm>

namespace lamina::emulator {

Handles<Stream>& streams() {
    static auto* all = new Handles<Stream>("stream");
    return *all;
}

Stream& find_stream(Context& context, Stream* handle) {
    if (handle == nullptr || handle == reinterpret_cast<Stream*>(1)) {
        return *context.legacy;
    }
    if (handle == reinterpret_cast<Stream*>(2)) {
        refuse(invalid_handle, "hStream is the per-thread default stream, which the emulator has not; create a stream");
    }
    return streams().get(handle, "hStream");
}

Stream& own_stream(Context& context, Stream* handle) {
    Stream& stream = find_stream(context, handle);
    if (stream.context != &context) {
        refuse(invalid_handle, "hStream is ", stream.name(), " of another context than the current one");
    }
    return stream;
}

namespace {

constexpr int least_priority = 0;
constexpr int greatest_priority = -5;

CUresult create(const char* name, CUstream* out, unsigned flags, int priority) {
    return context_call(name, [&](Context& context) {
        require(out, "phStream");
        if (flags > 1) {
            refuse(invalid_value, "Flags is ", flags, ", expected CU_STREAM_DEFAULT (0) or CU_STREAM_NON_BLOCKING (1)");
        }
        Stream& stream = streams().create(context, flags, std::clamp(priority, greatest_priority, least_priority));
        context.streams.push_back(&stream);
        *out = &stream;
    });
}

void destroy(Stream& stream) {
    abandon_capture(stream);
    auto& all = stream.context->streams;
    all.erase(std::remove(all.begin(), all.end(), &stream), all.end());
    streams().destroy(stream);
}

}

void end_streams(Context& context) {
    for (Event* event : events().live(&context)) {
        events().destroy(*event);
    }
    while (!context.streams.empty()) {
        destroy(*context.streams.back());
    }
    context.legacy->end();
}

}

using namespace lamina::emulator;

std::string CUstream_st::name() const {
    return legacy ? "the legacy stream" : text("stream #", serial);
}

LAMINA_API CUresult cuStreamCreate(CUstream* stream, unsigned flags) {
    return create("cuStreamCreate", stream, flags, 0);
}

LAMINA_API CUresult cuStreamCreateWithPriority(CUstream* stream, unsigned flags, int priority) {
    return create("cuStreamCreateWithPriority", stream, flags, priority);
}

LAMINA_API CUresult cuStreamDestroy_v2(CUstream stream) {
    return context_call("cuStreamDestroy", [&](Context&) { destroy(streams().get(stream, "hStream")); });
}

LAMINA_API CUresult cuStreamSynchronize(CUstream handle) {
    return context_call("cuStreamSynchronize", [&](Context& current) {
        Stream& stream = find_stream(current, handle);
        forbid_while_capturing(stream, "cuStreamSynchronize");
        forbid_unsafe("cuStreamSynchronize");
        complete(stream.last);
        settle(*stream.context);
    });
}

LAMINA_API CUresult cuStreamQuery(CUstream handle) {
    return context_call("cuStreamQuery", [&](Context& current) {
        Stream& stream = find_stream(current, handle);
        forbid_while_capturing(stream, "cuStreamQuery");
        forbid_unsafe("cuStreamQuery");
        // Each question lets the device do one piece more, so that loops around it end.
        if (stream.last && !advance(stream.last)) {
            throw Refusal{not_ready, ""};
        }
        settle(*stream.context);
    });
}

LAMINA_API CUresult cuStreamWaitEvent(CUstream handle, CUevent event_handle, unsigned flags) {
    return context_call("cuStreamWaitEvent", [&](Context& current) {
        Stream& stream = find_stream(current, handle);
        Event& event = events().get(event_handle, "hEvent");
        if (flags > 1) {
            refuse(invalid_value, "Flags is ", flags, ", expected 0");
        }
        if (event.capture) {
            join_capture(stream, event);
        } else if (stream.capture) {
            if (event.node) {
                break_capture(*stream.capture, capture_isolation, text(stream.name(), " captures and cannot wait for event #", event.serial,
                              ", recorded outside of the capture"));
            }
        } else if (event.node) {
            stream.last = add_node(*stream.context, nullptr, {stream.last, event.node});
        }
    });
}

LAMINA_API CUresult cuStreamGetFlags(CUstream handle, unsigned* flags) {
    return context_call("cuStreamGetFlags", [&](Context& current) {
        require(flags, "flags");
        *flags = find_stream(current, handle).flags;
    });
}

LAMINA_API CUresult cuStreamGetPriority(CUstream handle, int* priority) {
    return context_call("cuStreamGetPriority", [&](Context& current) {
        require(priority, "priority");
        *priority = find_stream(current, handle).priority;
    });
}

LAMINA_API CUresult cuStreamGetCtx(CUstream handle, CUcontext* context) {
    return context_call("cuStreamGetCtx", [&](Context& current) {
        require(context, "pctx");
        *context = find_stream(current, handle).context;
    });
}

LAMINA_API CUresult cuStreamGetId(CUstream handle, unsigned long long* id) {
    return context_call("cuStreamGetId", [&](Context& current) {
        require(id, "streamId");
        *id = find_stream(current, handle).serial;
    });
}

LAMINA_API CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest) {
    return context_call("cuCtxGetStreamPriorityRange", [&](Context&) {
        if (least) {
            *least = least_priority;
        }
        if (greatest) {
            *greatest = greatest_priority;
        }
    });
}
