// Stream capture: which streams record which graph, and what is forbidden meanwhile.
#pragma once

#include "stream.hpp"

#include <set>
#include <thread>

namespace lamina::emulator {

enum CaptureMode : int { capture_global = 0, capture_thread_local = 1, capture_relaxed = 2 };

/// A recorded piece of work and the earlier ones that it comes after.
struct GraphNode {
    std::shared_ptr<const Work> work;
    std::vector<std::size_t> before;
};

/// The nodes of a graph in the order they were added.
using GraphBody = std::vector<GraphNode>;

struct Capture {
    CaptureMode mode;
    std::thread::id thread;
    Stream* origin;
    GraphBody body;
    /// Streams that take part, the origin too.
    std::set<Stream*> streams;
    /// Why nothing but its end is possible any more; empty while it is sound.
    std::string broken;
};

/// Adds work behind the stream's tail. Refuses if the capture was invalidated.
void record_work(Stream& stream, std::shared_ptr<const Work> work);

/// Marks a capture as broken by a call and refuses that call.
[[noreturn]] void break_capture(Capture& capture, Status status, const std::string& why);

/// Refuses what a stream must not be asked while it captures, such as synchronisation and queries; breaks the capture.
void forbid_while_capturing(Stream& stream, const char* what);

/// Refuses a potentially unsafe call (allocation, blocking copy, query) if the modes of running captures forbid it; breaks those.
void forbid_unsafe(const char* what);

/// The captures whose modes forbid unsafe calls to the calling thread.
std::vector<CapturePointer> forbidding_captures();

/// Refuses use of the legacy stream while a blocking stream of the context captures; breaks that capture.
void forbid_implicit_order(Context& context);

/// Refuses what no stream of the context may meet while it captures (synchronisation of the context).
void forbid_in_capturing_context(Context& context);

/// Lets a stream take part in the capture that an event was recorded in.
void join_capture(Stream& stream, const Event& event);

void begin_capture(Stream& stream, int mode);

/// Ends the capture of its origin; refuses unjoined, broken and foreign ones (which it ends all the same, if it can).
GraphBody end_capture(Stream& stream);

/// Ends a capture that a stream takes part in because the stream goes.
void abandon_capture(Stream& stream);

/// The calling thread's mode, see cuThreadExchangeStreamCaptureMode.
int& thread_capture_mode();

}
