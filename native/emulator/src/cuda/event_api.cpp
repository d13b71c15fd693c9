// Events.
#include "capture.hpp"
#include "context.hpp"

namespace lamina::emulator {

Handles<Event>& events() {
    static auto* all = new Handles<Event>("event");
    return *all;
}

namespace {

void record(CUevent event_handle, CUstream handle, Context& current) {
    Event& event = events().get(event_handle, "hEvent");
    Stream& stream = find_stream(current, handle);
    if (event.context != stream.context) {
        refuse(invalid_handle, "event #", event.serial, " and ", stream.name(), " are of different contexts");
    }
    if (stream.capture) {
        if (!stream.capture->broken.empty()) {
            refuse(capture_invalidated, "the capture was invalidated: ", stream.capture->broken);
        }
        event.capture = stream.capture;
        event.tail = stream.tail;
        event.node.reset();
        return;
    }
    std::vector<NodePointer> before{stream.last};
    if (stream.legacy) {
        forbid_implicit_order(*stream.context);
        for (Stream* other : stream.context->streams) {
            if (other->blocking()) {
                before.push_back(other->last);
            }
        }
    } else if (stream.blocking()) {
        before.push_back(stream.context->legacy->last);
    }
    event.capture.reset();
    event.tail.clear();
    event.node = add_node(*stream.context, nullptr, before);
    stream.last = event.node;
}

/// The event, if the host may ask about it.
Event& askable(CUevent handle, const char* what) {
    Event& event = events().get(handle, "hEvent");
    if (event.capture) {
        event.capture->broken = text(what, " of an event recorded in the capture");
        refuse(captured_event, "event #", event.serial, " was last recorded in a capturing stream");
    }
    forbid_unsafe(what);
    return event;
}

const Event& timed(CUevent handle, const char* argument) {
    Event& event = events().get(handle, argument);
    if (!event.timed()) {
        refuse(invalid_handle, argument, ": event #", event.serial, " was created without timing");
    }
    if (event.capture) {
        refuse(captured_event, argument, ": event #", event.serial, " was last recorded in a capturing stream");
    }
    if (!event.node) {
        refuse(invalid_handle, argument, ": event #", event.serial, " was never recorded");
    }
    if (!event.node->done) {
        throw Refusal{not_ready, ""};
    }
    return event;
}

}
}

using namespace lamina::emulator;

LAMINA_API CUresult cuEventCreate(CUevent* out, unsigned flags) {
    return context_call("cuEventCreate", [&](Context& context) {
        require(out, "phEvent");
        if (flags > 7) {
            refuse(invalid_value, "Flags is ", flags, ", expected bits of 1 (blocking), 2 (no timing), 4 (between processes)");
        }
        *out = &events().create(context, flags);
    });
}

LAMINA_API CUresult cuEventDestroy_v2(CUevent event) {
    return context_call("cuEventDestroy", [&](Context&) { events().destroy(events().get(event, "hEvent")); });
}

LAMINA_API CUresult cuEventRecord(CUevent event, CUstream stream) {
    return context_call("cuEventRecord", [&](Context& current) { record(event, stream, current); });
}

LAMINA_API CUresult cuEventRecordWithFlags(CUevent event, CUstream stream, unsigned flags) {
    return context_call("cuEventRecordWithFlags", [&](Context& current) {
        if (flags > 1) {
            refuse(invalid_value, "flags is ", flags, ", expected 0 or 1");
        }
        record(event, stream, current);
    });
}

LAMINA_API CUresult cuEventSynchronize(CUevent handle) {
    return context_call("cuEventSynchronize", [&](Context&) {
        Event& event = askable(handle, "cuEventSynchronize");
        complete(event.node);
        settle(*event.context);
    });
}

LAMINA_API CUresult cuEventQuery(CUevent handle) {
    return context_call("cuEventQuery", [&](Context&) {
        Event& event = askable(handle, "cuEventQuery");
        if (event.node && !advance(event.node)) {
            throw Refusal{not_ready, ""};
        }
        settle(*event.context);
    });
}

LAMINA_API CUresult cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end) {
    return context_call("cuEventElapsedTime", [&](Context&) {
        require(milliseconds, "pMilliseconds");
        const Event& first = timed(start, "hStart");
        const Event& last = timed(end, "hEnd");
        if (first.context != last.context) {
            refuse(invalid_handle, "events of different contexts");
        }
        *milliseconds = std::chrono::duration<float, std::milli>(last.node->finished - first.node->finished).count();
    });
}
