// Graphs: what a capture has recorded, and what was made ready for launching.
#pragma once

#include "capture.hpp"

#include <deque>

namespace lamina::emulator {

Handles<Graph>& graphs();
Handles<GraphExec>& graph_execs();

/// Ends what a destroyed context had.
void end_graphs(Context& context);

/// Work that a launch does: all nodes, each after those that it comes after and otherwise the last recorded first, so that an order that
/// was not recorded is not there.
std::shared_ptr<const Work> launchable(const GraphBody& body, Context& context);

}

/// A node's handle: its place in its graph.
struct CUgraphNode_st {
    lamina::emulator::Graph* graph;
    std::size_t index;
};

struct CUgraph_st {
    CUgraph_st(lamina::emulator::Context& owner, lamina::emulator::GraphBody nodes);
    lamina::emulator::Context* holder() const { return context; }
    void end() { body.clear(); }

    lamina::emulator::Context* context;
    lamina::emulator::GraphBody body;
    std::deque<CUgraphNode_st> handles;
    std::size_t serial = 0;
};

struct CUgraphExec_st {
    CUgraphExec_st(lamina::emulator::Context& owner, std::shared_ptr<const lamina::emulator::Work> all)
        : context(&owner), work(std::move(all)) {}
    lamina::emulator::Context* holder() const { return context; }
    void end() { work.reset(); last.reset(); }

    lamina::emulator::Context* context;
    std::shared_ptr<const lamina::emulator::Work> work;
    /// The latest launch: launches of one exec never overlap.
    lamina::emulator::NodePointer last;
    std::size_t serial = 0;
};
