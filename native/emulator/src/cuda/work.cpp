#include "work.hpp"

#include "capture.hpp"
#include "context.hpp"
#include "memory.hpp"

#include <algorithm>

namespace lamina::emulator {
namespace {

void check_ranges(Context& context, const Work& work) {
    for (const Range& range : work.device) {
        check_range(context, range);
    }
    for (const Range& range : work.host) {
        if (!check_host(range.start, range.bytes, range.argument)) {
            refuse(illegal_address, range.argument, ": pinned memory was freed before the work was done");
        }
    }
}

/// Does one node whose predecessors are done. A context that sticks to an error does no more work.
void execute(Node& node) {
    Context& context = *node.context;
    node.running = true;
    if (node.work && !context.error) {
        try {
            check_ranges(context, *node.work);
            if (node.work->run) {
                node.work->run();
            }
        } catch (const Refusal& refusal) {
            Status status = refusal.status == invalid_value ? illegal_address : refusal.status;
            context.stick(status, text(node.work->call, " (when it was done): ", refusal.message));
        }
    }
    node.done = true;
    node.finished = std::chrono::steady_clock::now();
    node.before.clear();
    node.work.reset();
    context.pending.erase(node.id);
}

/// A predecessor that is still to do, or null. One that runs is the work that asks (a host function that calls CUDA): not waited for.
NodePointer open_predecessor(const Node& node) {
    for (auto it = node.before.rbegin(); it != node.before.rend(); ++it) {
        if (!(*it)->done && !(*it)->running) {
            return *it;
        }
    }
    return nullptr;
}

bool overlap(const Range& range, const void* start, std::size_t bytes) {
    auto a = reinterpret_cast<std::uintptr_t>(range.start);
    auto b = reinterpret_cast<std::uintptr_t>(start);
    return a < b + bytes && b < a + range.bytes;
}

}

NodePointer add_node(Context& context, std::shared_ptr<const Work> work, const std::vector<NodePointer>& before) {
    static std::size_t count = 0;
    auto node = std::make_shared<Node>();
    node->context = &context;
    node->id = ++count;
    node->work = std::move(work);
    for (const NodePointer& other : before) {
        if (other && !other->done && std::find(node->before.begin(), node->before.end(), other) == node->before.end()) {
            node->before.push_back(other);
        }
    }
    context.pending.emplace(node->id, node);
    return node;
}

void complete(const NodePointer& node) {
    std::vector<NodePointer> path;
    if (node && !node->done && !node->running) {
        path.push_back(node);
    }
    while (!path.empty()) {
        NodePointer last = path.back();
        if (last->done) {
            path.pop_back();
        } else if (NodePointer open = open_predecessor(*last)) {
            path.push_back(open);
        } else {
            path.pop_back();
            execute(*last);
        }
    }
}

bool advance(const NodePointer& node) {
    NodePointer at = node;
    while (at && !at->done) {
        NodePointer open = open_predecessor(*at);
        if (!open) {
            execute(*at);
            return false;
        }
        at = open;
    }
    return true;
}

void complete_all(Context& context) {
    for (;;) {
        auto last = std::find_if(context.pending.rbegin(), context.pending.rend(),
                                 [](const auto& entry) { return !entry.second->running; });
        if (last == context.pending.rend()) {
            return;
        }
        complete(NodePointer(last->second));
    }
}

void complete_users(Context& context, const void* start, std::size_t bytes) {
    auto touches = [&](const Work& work) {
        return std::any_of(work.host.begin(), work.host.end(), [&](const Range& range) { return overlap(range, start, bytes); });
    };
    std::vector<NodePointer> users;
    for (const auto& [id, node] : context.pending) {
        if (node->work && touches(*node->work)) {
            users.push_back(node);
        }
    }
    for (const NodePointer& node : users) {
        complete(node);
    }
}

void submit(Context& context, Stream* handle, std::shared_ptr<const Work> work) {
    Stream& stream = own_stream(context, handle);
    check_ranges(context, *work);
    if (stream.capture) {
        record_work(stream, std::move(work));
        return;
    }
    std::vector<NodePointer> before{stream.last};
    if (stream.legacy) {
        forbid_implicit_order(context);
        for (Stream* other : context.streams) {
            if (other->blocking()) {
                before.push_back(other->last);
            }
        }
    } else if (stream.blocking()) {
        before.push_back(context.legacy->last);
    }
    if (work->spoil) {
        work->spoil();
    }
    stream.last = add_node(context, std::move(work), before);
}

void settle(Context& context) {
    if (!context.error) {
        try {
            check_guards(context);
        } catch (const Refusal& refusal) {
            context.stick(refusal.status, refusal.message);
        }
    }
    if (context.error) {
        refuse(static_cast<Status>(context.error), context.error_message);
    }
}

}
