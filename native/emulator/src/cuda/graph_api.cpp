// Capture and graphs.
#include "context.hpp"
#include "graph.hpp"

#include <algorithm>

using namespace lamina::emulator;

namespace {

CUresult instantiate(const char* name, CUgraphExec* exec, CUgraph handle, unsigned long long flags) {
    return context_call(name, [&](Context& context) {
        require(exec, "phGraphExec");
        if (flags > 15) {
            refuse(invalid_value, "flags is ", flags);
        }
        Graph& graph = graphs().get(handle, "hGraph");
        *exec = &graph_execs().create(context, launchable(graph.body, context));
    });
}

/// Fills the caller's array as the driver does: null asks for the count, room beyond the count is filled with null.
void give(const std::vector<CUgraphNode>& all, CUgraphNode* nodes, std::size_t* count) {
    require(count, "numNodes");
    if (nodes) {
        for (std::size_t i = 0; i < *count; i++) {
            nodes[i] = i < all.size() ? all[i] : nullptr;
        }
        *count = std::min(*count, all.size());
    } else {
        *count = all.size();
    }
}

}

LAMINA_API CUresult cuStreamBeginCapture_v2(CUstream stream, int mode) {
    return context_call("cuStreamBeginCapture", [&](Context& context) { begin_capture(find_stream(context, stream), mode); });
}

LAMINA_API CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph) {
    return context_call("cuStreamEndCapture", [&](Context& context) {
        require(graph, "phGraph");
        *graph = nullptr;
        Stream& origin = find_stream(context, stream);
        *graph = &graphs().create(*origin.context, end_capture(origin));
    });
}

LAMINA_API CUresult cuStreamIsCapturing(CUstream handle, int* status) {
    return context_call("cuStreamIsCapturing", [&](Context& context) {
        require(status, "captureStatus");
        Stream& stream = find_stream(context, handle);
        if (stream.legacy) {
            forbid_implicit_order(context);
        }
        *status = !stream.capture ? 0 : stream.capture->broken.empty() ? 1 : 2;
    });
}

LAMINA_API CUresult cuThreadExchangeStreamCaptureMode(int* mode) {
    return plain_call("cuThreadExchangeStreamCaptureMode", [&] {
        require(mode, "mode");
        if (*mode < capture_global || *mode > capture_relaxed) {
            refuse(invalid_value, "mode is ", *mode, ", expected 0, 1 or 2");
        }
        std::swap(*mode, thread_capture_mode());
    });
}

LAMINA_API CUresult cuGraphCreate(CUgraph* graph, unsigned flags) {
    return context_call("cuGraphCreate", [&](Context& context) {
        require(graph, "phGraph");
        if (flags != 0) {
            refuse(invalid_value, "flags is ", flags, ", expected 0");
        }
        *graph = &graphs().create(context, GraphBody{});
    });
}

LAMINA_API CUresult cuGraphInstantiateWithFlags(CUgraphExec* exec, CUgraph graph, unsigned long long flags) {
    return instantiate("cuGraphInstantiate", exec, graph, flags);
}

LAMINA_API CUresult cuGraphInstantiate_v2(CUgraphExec* exec, CUgraph graph, CUgraphNode* bad, char*, std::size_t) {
    if (bad) {
        *bad = nullptr;
    }
    return instantiate("cuGraphInstantiate", exec, graph, 0);
}

LAMINA_API CUresult cuGraphUpload(CUgraphExec exec, CUstream stream) {
    return context_call("cuGraphUpload", [&](Context& context) {
        graph_execs().get(exec, "hGraphExec");
        Stream& target = own_stream(context, stream);
        forbid_while_capturing(target, "cuGraphUpload");
    });
}

LAMINA_API CUresult cuGraphLaunch(CUgraphExec handle, CUstream stream_handle) {
    return context_call("cuGraphLaunch", [&](Context& context) {
        GraphExec& exec = graph_execs().get(handle, "hGraphExec");
        if (exec.context != &context) {
            refuse(invalid_handle, "graphExec #", exec.serial, " is of another context than the current one");
        }
        Stream& stream = own_stream(context, stream_handle);
        if (!stream.capture && exec.last && !exec.last->done) {
            stream.last = add_node(context, nullptr, {stream.last, exec.last});
        }
        submit(context, stream_handle, exec.work);
        exec.last = stream.capture ? exec.last : stream.last;
    });
}

LAMINA_API CUresult cuGraphExecDestroy(CUgraphExec exec) {
    return context_call("cuGraphExecDestroy", [&](Context&) { graph_execs().destroy(graph_execs().get(exec, "hGraphExec")); });
}

LAMINA_API CUresult cuGraphDestroy(CUgraph graph) {
    return context_call("cuGraphDestroy", [&](Context&) { graphs().destroy(graphs().get(graph, "hGraph")); });
}

LAMINA_API CUresult cuGraphGetNodes(CUgraph handle, CUgraphNode* nodes, std::size_t* count) {
    return context_call("cuGraphGetNodes", [&](Context&) {
        Graph& graph = graphs().get(handle, "hGraph");
        std::vector<CUgraphNode> all;
        for (CUgraphNode_st& node : graph.handles) {
            all.push_back(&node);
        }
        give(all, nodes, count);
    });
}

LAMINA_API CUresult cuGraphGetRootNodes(CUgraph handle, CUgraphNode* nodes, std::size_t* count) {
    return context_call("cuGraphGetRootNodes", [&](Context&) {
        Graph& graph = graphs().get(handle, "hGraph");
        std::vector<CUgraphNode> all;
        for (CUgraphNode_st& node : graph.handles) {
            if (graph.body[node.index].before.empty()) {
                all.push_back(&node);
            }
        }
        give(all, nodes, count);
    });
}

LAMINA_API CUresult cuGraphGetEdges(CUgraph handle, CUgraphNode* from, CUgraphNode* to, std::size_t* count) {
    return context_call("cuGraphGetEdges", [&](Context&) {
        Graph& graph = graphs().get(handle, "hGraph");
        std::vector<CUgraphNode> sources;
        std::vector<CUgraphNode> targets;
        for (CUgraphNode_st& node : graph.handles) {
            for (std::size_t before : graph.body[node.index].before) {
                sources.push_back(&graph.handles[before]);
                targets.push_back(&node);
            }
        }
        require(count, "numEdges");
        std::size_t room = *count;
        give(sources, from, count);
        give(targets, to, &room);
    });
}

LAMINA_API CUresult cuGraphNodeGetType(CUgraphNode node, int* type) {
    return context_call("cuGraphNodeGetType", [&](Context&) {
        require(node, "hNode");
        require(type, "type");
        Graph& graph = graphs().get(node->graph, "hNode's graph");
        *type = graph.body[node->index].work->kind;
    });
}
