#include "capture.hpp"

#include "context.hpp"

#include <algorithm>

namespace lamina::emulator {
namespace {

/// Captures that have begun and not ended.
std::set<CapturePointer>& running() {
    static auto* state = new std::set<CapturePointer>;
    return *state;
}

void stop(const CapturePointer& capture) {
    for (Stream* stream : capture->streams) {
        stream->capture.reset();
        stream->tail.clear();
    }
    running().erase(capture);
}

/// Graph nodes that these come after, these included.
std::set<std::size_t> ancestors(const GraphBody& body, const std::vector<std::size_t>& nodes) {
    std::set<std::size_t> all;
    std::vector<std::size_t> open(nodes);
    while (!open.empty()) {
        std::size_t node = open.back();
        open.pop_back();
        if (all.insert(node).second) {
            open.insert(open.end(), body[node].before.begin(), body[node].before.end());
        }
    }
    return all;
}

}

int& thread_capture_mode() {
    thread_local int mode = capture_global;
    return mode;
}

void record_work(Stream& stream, std::shared_ptr<const Work> work) {
    Capture& capture = *stream.capture;
    if (!capture.broken.empty()) {
        refuse(capture_invalidated, "the capture of ", capture.origin->name(), " was invalidated: ", capture.broken);
    }
    capture.body.push_back({std::move(work), stream.tail});
    stream.tail = {capture.body.size() - 1};
}

void break_capture(Capture& capture, Status status, const std::string& why) {
    if (capture.broken.empty()) {
        capture.broken = why;
    }
    refuse(status, why);
}

void forbid_while_capturing(Stream& stream, const char* what) {
    if (stream.capture) {
        break_capture(*stream.capture, capture_unsupported, text(what, " of ", stream.name(), " while it captures"));
    }
}

std::vector<CapturePointer> forbidding_captures() {
    std::vector<CapturePointer> all;
    int mode = thread_capture_mode();
    for (const CapturePointer& capture : running()) {
        bool own = capture->thread == std::this_thread::get_id();
        bool forbids = own ? capture->mode != capture_relaxed : mode == capture_global && capture->mode == capture_global;
        if (mode != capture_relaxed && forbids) {
            all.push_back(capture);
        }
    }
    return all;
}

void forbid_unsafe(const char* what) {
    std::vector<CapturePointer> forbidding = forbidding_captures();
    if (forbidding.empty()) {
        return;
    }
    std::string why = text(what, " while ", forbidding.front()->origin->name(), " captures");
    for (const CapturePointer& capture : forbidding) {
        capture->broken = capture->broken.empty() ? why : capture->broken;
    }
    refuse(capture_unsupported, why);
}

void forbid_implicit_order(Context& context) {
    for (Stream* stream : context.streams) {
        if (stream->capture && stream->blocking()) {
            break_capture(*stream->capture, capture_implicit,
                          text("the legacy stream was used while ", stream->name(), ", which keeps order with it, captures; create ",
                               "capturing streams as non-blocking or use no null stream"));
        }
    }
}

void forbid_in_capturing_context(Context& context) {
    for (Stream* stream : context.streams) {
        if (stream->capture) {
            break_capture(*stream->capture, capture_unsupported,
                          text("synchronisation of the context while ", stream->name(), " captures"));
        }
    }
}

void join_capture(Stream& stream, const Event& event) {
    Capture& capture = *event.capture;
    if (!running().count(event.capture)) {
        refuse(captured_event, "event #", event.serial, " was recorded in a capture that has ended; record it anew");
    }
    if (!capture.broken.empty()) {
        refuse(capture_invalidated, "the capture of ", capture.origin->name(), " was invalidated: ", capture.broken);
    }
    if (stream.capture && stream.capture != event.capture) {
        capture.broken = "a wait would merge two captures";
        break_capture(*stream.capture, capture_merge, capture.broken);
    }
    if (stream.legacy) {
        break_capture(capture, capture_implicit, "the legacy stream cannot take part in a capture");
    }
    stream.capture = event.capture;
    capture.streams.insert(&stream);
    for (std::size_t node : event.tail) {
        if (std::find(stream.tail.begin(), stream.tail.end(), node) == stream.tail.end()) {
            stream.tail.push_back(node);
        }
    }
}

void begin_capture(Stream& stream, int mode) {
    if (stream.legacy) {
        refuse(capture_unsupported, "the legacy stream cannot capture");
    }
    if (mode < capture_global || mode > capture_relaxed) {
        refuse(invalid_value, "capture mode ", mode, ", expected 0, 1 or 2");
    }
    if (stream.capture) {
        refuse(illegal_state, stream.name(), " captures already");
    }
    auto capture = std::make_shared<Capture>(
        Capture{static_cast<CaptureMode>(mode), std::this_thread::get_id(), &stream, {}, {&stream}, {}});
    running().insert(capture);
    stream.capture = capture;
    stream.tail.clear();
}

GraphBody end_capture(Stream& stream) {
    if (!stream.capture) {
        refuse(illegal_state, stream.name(), " does not capture");
    }
    CapturePointer capture = stream.capture;
    if (capture->origin != &stream) {
        break_capture(*capture, capture_unmatched,
                      text("the capture began in ", capture->origin->name(), " and was ended in ", stream.name()));
    }
    if (capture->mode != capture_relaxed && capture->thread != std::this_thread::get_id()) {
        refuse(capture_wrong_thread, "the capture was begun by another thread");
    }
    std::set<std::size_t> joined = ancestors(capture->body, stream.tail);
    std::string unjoined;
    for (Stream* other : capture->streams) {
        for (std::size_t node : other->tail) {
            unjoined = joined.count(node) ? unjoined : other->name();
        }
    }
    stop(capture);
    if (!capture->broken.empty()) {
        refuse(capture_invalidated, "the capture was invalidated: ", capture->broken);
    }
    if (!unjoined.empty()) {
        refuse(capture_unjoined, unjoined, " took part in the capture and ", stream.name(), " does not wait for its work");
    }
    return std::move(capture->body);
}

void abandon_capture(Stream& stream) {
    if (!stream.capture) {
        return;
    }
    CapturePointer capture = stream.capture;
    capture->broken = text(stream.name(), " was destroyed");
    if (capture->origin == &stream) {
        stop(capture);
    } else {
        capture->streams.erase(&stream);
        stream.capture.reset();
    }
}

}
