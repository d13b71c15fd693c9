#include "graph.hpp"

#include "context.hpp"
#include "memory.hpp"

#include <queue>

namespace lamina::emulator {
namespace {

/// An order in which each node comes after its predecessors and otherwise the latest first.
std::vector<std::size_t> latest_first(const GraphBody& body) {
    std::vector<std::vector<std::size_t>> after(body.size());
    std::vector<std::size_t> open(body.size());
    std::priority_queue<std::size_t> ready;
    for (std::size_t node = 0; node < body.size(); node++) {
        open[node] = body[node].before.size();
        for (std::size_t other : body[node].before) {
            after[other].push_back(node);
        }
        if (open[node] == 0) {
            ready.push(node);
        }
    }
    std::vector<std::size_t> order;
    while (!ready.empty()) {
        std::size_t node = ready.top();
        ready.pop();
        order.push_back(node);
        for (std::size_t next : after[node]) {
            if (--open[next] == 0) {
                ready.push(next);
            }
        }
    }
    return order;
}

/// True if a node of the graph reads or copies this host memory beside writing it: then it must not be spoiled at the launch.
bool is_source_too(const std::vector<std::shared_ptr<const Work>>& all, const Range& target) {
    auto start = reinterpret_cast<std::uintptr_t>(target.start);
    for (const auto& work : all) {
        for (const Range& range : work->host) {
            auto other = reinterpret_cast<std::uintptr_t>(range.start);
            if (!range.written && start < other + range.bytes && other < start + target.bytes) {
                return true;
            }
        }
    }
    return false;
}

bool may_spoil(const std::vector<std::shared_ptr<const Work>>& all, const Work& work) {
    for (const Range& range : work.host) {
        if (range.written && is_source_too(all, range)) {
            return false;
        }
    }
    return true;
}

void run_node(Context& context, const Work& work) {
    for (const Range& range : work.device) {
        check_range(context, range);
    }
    for (const Range& range : work.host) {
        if (!check_host(range.start, range.bytes, range.argument)) {
            refuse(illegal_address, range.argument, ": pinned memory was freed before the graph was launched");
        }
    }
    if (work.run) {
        work.run();
    }
}

}

std::shared_ptr<const Work> launchable(const GraphBody& body, Context& context) {
    std::vector<std::shared_ptr<const Work>> all;
    for (std::size_t node : latest_first(body)) {
        all.push_back(body[node].work);
    }
    auto whole = std::make_shared<Work>();
    whole->call = "cuGraphLaunch";
    whole->kind = 4;
    for (const auto& work : all) {
        whole->host.insert(whole->host.end(), work->host.begin(), work->host.end());
    }
    whole->run = [all, &context] {
        for (const auto& work : all) {
            try {
                run_node(context, *work);
            } catch (const Refusal& refusal) {
                throw Refusal{refusal.status, text("node ", work->call, ": ", refusal.message)};
            }
        }
    };
    whole->spoil = [all] {
        for (const auto& work : all) {
            if (work->spoil && may_spoil(all, *work)) {
                work->spoil();
            }
        }
    };
    return whole;
}

}

lamina::emulator::Handles<CUgraph_st>& lamina::emulator::graphs() {
    static auto* all = new Handles<Graph>("graph");
    return *all;
}

lamina::emulator::Handles<CUgraphExec_st>& lamina::emulator::graph_execs() {
    static auto* all = new Handles<GraphExec>("graphExec");
    return *all;
}

void lamina::emulator::end_graphs(Context& context) {
    for (GraphExec* exec : graph_execs().live(&context)) {
        graph_execs().destroy(*exec);
    }
    for (Graph* graph : graphs().live(&context)) {
        graphs().destroy(*graph);
    }
}

CUgraph_st::CUgraph_st(lamina::emulator::Context& owner, lamina::emulator::GraphBody nodes) : context(&owner), body(std::move(nodes)) {
    for (std::size_t index = 0; index < body.size(); index++) {
        handles.push_back({this, index});
    }
}
