// Deferred work: nodes that wait for nodes, done when somebody waits for them.
#pragma once

#include "emulator.hpp"
#include "types.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace lamina::emulator {

/// What the device is asked to do; may be done several times, by launches of a graph.
struct Work {
    std::string call;
    /// Device memory that it touches: checked when asked for and again when done.
    std::vector<Range> device;
    /// Pinned host memory that it touches when it is done.
    std::vector<Range> host;
    /// Done in order; may throw Refusal, which the context then sticks to.
    std::function<void()> run;
    /// Done when the work is asked for, or a graph with it launched: a promised result is made unusable until it is there.
    std::function<void()> spoil;
    /// Kind of graph node: 0 kernel, 1 copy, 2 fill, 3 host, 4 graph, 5 empty.
    int kind = 5;
};

struct Node;
using NodePointer = std::shared_ptr<Node>;

/// Work in a stream's order.
struct Node {
    Context* context = nullptr;
    std::size_t id = 0;
    /// Null: a mere mark in a stream.
    std::shared_ptr<const Work> work;
    /// What must be done before.
    std::vector<NodePointer> before;
    bool running = false;
    bool done = false;
    std::chrono::steady_clock::time_point finished;
};

/// A context's nodes that are not done, by id.
using Pending = std::map<std::size_t, NodePointer>;

/// A new node behind others; those that are done are left out.
NodePointer add_node(Context& context, std::shared_ptr<const Work> work, const std::vector<NodePointer>& before);

/// Does the node after all that it waits for.
void complete(const NodePointer& node);

/// Does the first node that can be done on the way to this one; true if this one is done.
bool advance(const NodePointer& node);

/// Does all that is pending in a context, what was asked for last first as far as dependencies allow: an order that nobody has asked for
/// shows where one was needed.
void complete_all(Context& context);

/// Does pending work that touches this host memory.
void complete_users(Context& context, const void* start, std::size_t bytes);

/// Queues work in a stream (null: the legacy stream), or adds it to the graph that the stream captures.
void submit(Context& context, Stream* stream, std::shared_ptr<const Work> work);

/// Makes the status and message of a context that has met an error the caller's; checks guard zones first.
void settle(Context& context);

}
