// Streams and events.
#pragma once

#include "handles.hpp"
#include "work.hpp"

#include <optional>

namespace lamina::emulator {

struct Capture;
using CapturePointer = std::shared_ptr<Capture>;

Handles<Stream>& streams();
Handles<Event>& events();

/// The stream behind a handle, of whatever context; null and 1 name the legacy stream of the given context.
Stream& find_stream(Context& context, Stream* handle);

/// The same, of this context alone.
Stream& own_stream(Context& context, Stream* handle);

/// Ends what a destroyed context had.
void end_streams(Context& context);

}

struct CUstream_st {
    CUstream_st(lamina::emulator::Context& owner, unsigned flags, int priority) : context(&owner), flags(flags), priority(priority) {}
    lamina::emulator::Context* holder() const { return context; }
    void end() { last.reset(); }
    /// True if it keeps order with the legacy stream.
    bool blocking() const { return (flags & 1) == 0; }
    std::string name() const;

    lamina::emulator::Context* context;
    unsigned flags;
    int priority;
    bool legacy = false;
    std::size_t serial = 0;
    /// The latest work; null if there was none.
    lamina::emulator::NodePointer last;
    /// Not null while the stream captures.
    lamina::emulator::CapturePointer capture;
    /// While it captures: graph nodes that the next one comes after.
    std::vector<std::size_t> tail;
};

struct CUevent_st {
    CUevent_st(lamina::emulator::Context& owner, unsigned flags) : context(&owner), flags(flags) {}
    lamina::emulator::Context* holder() const { return context; }
    void end() { node.reset(); }
    bool timed() const { return (flags & 2) == 0; }

    lamina::emulator::Context* context;
    unsigned flags;
    std::size_t serial = 0;
    /// What it was last recorded behind; null if never.
    lamina::emulator::NodePointer node;
    /// Set if it was last recorded in a capturing stream: the capture and its graph nodes then.
    lamina::emulator::CapturePointer capture;
    std::vector<std::size_t> tail;
};
