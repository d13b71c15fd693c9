// Capture and graphs: what is recorded, what is forbidden.
#include "driver.hpp"

#include <thread>

using namespace lamina::test;

namespace {

constexpr std::size_t count = 8;

CUgraph_st* end(const Stream& stream) {
    CUgraph_st* graph = nullptr;
    EXPECT_EQUAL(cuStreamEndCapture(stream.get(), &graph), 0);
    return graph;
}

CUgraphExec_st* ready(CUgraph_st* graph) {
    CUgraphExec_st* exec = nullptr;
    EXPECT_EQUAL(cuGraphInstantiateWithFlags(&exec, graph, 0), 0);
    EXPECT_EQUAL(cuGraphDestroy(graph), 0);
    return exec;
}

void expect_broken(const Stream& stream) {
    int status = 0;
    EXPECT_EQUAL(cuStreamIsCapturing(stream.get(), &status), 0);
    EXPECT_EQUAL(status, 2);
    CUgraph_st* graph = nullptr;
    EXPECT_REFUSED(cuStreamEndCapture(stream.get(), &graph), capture_invalidated, "was invalidated");
    EXPECT(graph == nullptr);
    EXPECT_EQUAL(cuStreamIsCapturing(stream.get(), &status), 0);
    EXPECT_EQUAL(status, 0);
}

}

TEST(capture_recordsAndReplays) {
    Stream stream;
    Buffer<int> buffer(count);
    Pinned<int> in(count), out(count);
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), 0), 0);
    EXPECT_EQUAL(cuMemcpyHtoDAsync_v2(address(buffer), in.get(), in.bytes(), stream.get()), 0);
    EXPECT_EQUAL(cuMemcpyDtoHAsync_v2(out.get(), address(buffer), out.bytes(), stream.get()), 0);
    CUgraph_st* graph = end(stream);
    std::size_t nodes = 0;
    EXPECT_EQUAL(cuGraphGetNodes(graph, nullptr, &nodes), 0);
    EXPECT_EQUAL(nodes, std::size_t{2});
    CUgraphNode_st* both[2];
    int type = -1;
    EXPECT_EQUAL(cuGraphGetNodes(graph, both, &nodes), 0);
    EXPECT_EQUAL(cuGraphNodeGetType(both[1], &type), 0);
    EXPECT_EQUAL(type, 1);
    CUgraphExec_st* exec = ready(graph);
    for (int round = 1; round <= 3; round++) {
        in[0] = round;
        out[0] = 0;
        EXPECT_EQUAL(cuGraphLaunch(exec, stream.get()), 0);
        EXPECT_EQUAL(out[0], -1);
        stream.synchronize();
        EXPECT_EQUAL(out[0], round);
    }
    EXPECT_EQUAL(cuGraphExecDestroy(exec), 0);
    EXPECT_REFUSED(cuGraphLaunch(exec, stream.get()), invalid_handle, "was destroyed");
}

TEST(capture_forkWithoutJoinIsRefused) {
    Stream origin, other;
    Event fork;
    Buffer<int> buffer(count);
    EXPECT_EQUAL(cuStreamBeginCapture_v2(origin.get(), 0), 0);
    EXPECT_EQUAL(cuEventRecord(fork.get(), origin.get()), 0);
    EXPECT_EQUAL(cuStreamWaitEvent(other.get(), fork.get(), 0), 0);
    EXPECT_EQUAL(cuMemsetD32Async(address(buffer), 1, count, other.get()), 0);
    CUgraph_st* graph = nullptr;
    EXPECT_REFUSED(cuStreamEndCapture(origin.get(), &graph), capture_unjoined, "does not wait for its work");
    other.synchronize();
}

TEST(capture_branchesRunLatestFirstWhereNoOrderIsRecorded) {
    Stream origin, other;
    Event fork, join;
    Buffer<int> buffer(count);
    EXPECT_EQUAL(cuStreamBeginCapture_v2(origin.get(), 0), 0);
    EXPECT_EQUAL(cuEventRecord(fork.get(), origin.get()), 0);
    EXPECT_EQUAL(cuStreamWaitEvent(other.get(), fork.get(), 0), 0);
    EXPECT_EQUAL(cuMemsetD32Async(address(buffer), 1, count, other.get()), 0);
    EXPECT_EQUAL(cuEventRecord(join.get(), other.get()), 0);
    EXPECT_EQUAL(cuMemsetD32Async(address(buffer), 2, count, origin.get()), 0);
    EXPECT_EQUAL(cuStreamWaitEvent(origin.get(), join.get(), 0), 0);
    CUgraphExec_st* exec = ready(end(origin));
    EXPECT_EQUAL(cuGraphLaunch(exec, origin.get()), 0);
    EXPECT_EQUAL(buffer.read(origin)[0], 1);
    EXPECT_EQUAL(cuGraphExecDestroy(exec), 0);
}

TEST(capture_synchronisationBreaksIt) {
    Stream stream;
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), 0), 0);
    EXPECT_REFUSED(cuStreamSynchronize(stream.get()), capture_unsupported, "while it captures");
    expect_broken(stream);
}

TEST(capture_unsafeCallsBreakIt) {
    Stream stream;
    Buffer<int> buffer(count);
    unsigned long long memory = 0;
    int value = 0;
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), 0), 0);
    EXPECT_REFUSED(cuMemAlloc_v2(&memory, 8), capture_unsupported, "while stream #");
    EXPECT_REFUSED(cuMemsetD32Async(address(buffer), 1, count, stream.get()), capture_invalidated, "invalidated");
    expect_broken(stream);
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), 1), 0);
    EXPECT_REFUSED(cuMemcpyDtoH_v2(&value, address(buffer), 4), capture_unsupported, "cuMemcpyDtoH");
    expect_broken(stream);
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), 0), 0);
    EXPECT_REFUSED(cuCtxSynchronize(), capture_unsupported, "context");
    expect_broken(stream);
}

TEST(capture_relaxedModeAllowsAllocation) {
    Stream stream;
    unsigned long long memory = 0;
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), 2), 0);
    EXPECT_EQUAL(cuMemAlloc_v2(&memory, 8), 0);
    EXPECT_EQUAL(cuGraphDestroy(end(stream)), 0);
    EXPECT_EQUAL(cuMemFree_v2(memory), 0);
}

TEST(capture_globalModeForbidsOtherThreadsToo) {
    Stream stream;
    CUctx_st* context = nullptr;
    EXPECT_EQUAL(cuCtxGetCurrent(&context), 0);
    auto allocate_elsewhere = [&](int mode) {
        int result = 0;
        std::thread([&] {
            unsigned long long memory = 0;
            cuCtxSetCurrent(context);
            cuThreadExchangeStreamCaptureMode(&mode);
            result = cuMemAlloc_v2(&memory, 8);
            cuMemFree_v2(memory);
        }).join();
        return result;
    };
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), 0), 0);
    EXPECT_EQUAL(allocate_elsewhere(1), 0);
    EXPECT_EQUAL(allocate_elsewhere(0), static_cast<int>(capture_unsupported));
    expect_broken(stream);
}

TEST(capture_legacyStreamMayNotMeetACapturingOrderedStream) {
    open_device();
    CUstream_st* ordered = nullptr;
    Buffer<int> buffer(count);
    EXPECT_EQUAL(cuStreamCreate(&ordered, 0), 0);
    EXPECT_EQUAL(cuStreamBeginCapture_v2(ordered, 0), 0);
    EXPECT_REFUSED(cuMemsetD32Async(address(buffer), 1, count, nullptr), capture_implicit, "legacy stream");
    CUgraph_st* graph = nullptr;
    EXPECT_EQUAL(cuStreamEndCapture(ordered, &graph), static_cast<int>(capture_invalidated));
    EXPECT_EQUAL(cuStreamDestroy_v2(ordered), 0);
    EXPECT_REFUSED(cuStreamBeginCapture_v2(nullptr, 0), capture_unsupported, "legacy stream cannot capture");
}

TEST(capture_outsideEventsAndPageableMemoryAreRefused) {
    Stream stream, other;
    Event event;
    Buffer<int> buffer(count);
    std::vector<int> pageable(count);
    EXPECT_EQUAL(cuEventRecord(event.get(), other.get()), 0);
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), 0), 0);
    EXPECT_REFUSED(cuStreamWaitEvent(stream.get(), event.get(), 0), capture_isolation, "outside of the capture");
    expect_broken(stream);
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), 0), 0);
    EXPECT_REFUSED(cuMemcpyHtoDAsync_v2(address(buffer), pageable.data(), 4, stream.get()), capture_unsupported, "pageable");
    expect_broken(stream);
}

TEST(capture_graphWithFreedMemoryFailsWhenLaunched) {
    OwnContext context;
    CUstream_st* stream = nullptr;
    unsigned long long memory = 0;
    EXPECT_EQUAL(cuStreamCreate(&stream, 1), 0);
    EXPECT_EQUAL(cuMemAlloc_v2(&memory, 64), 0);
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream, 0), 0);
    EXPECT_EQUAL(cuMemsetD8Async(memory, 0, 64, stream), 0);
    CUgraph_st* graph = nullptr;
    EXPECT_EQUAL(cuStreamEndCapture(stream, &graph), 0);
    CUgraphExec_st* exec = ready(graph);
    EXPECT_EQUAL(cuMemFree_v2(memory), 0);
    EXPECT_EQUAL(cuGraphLaunch(exec, stream), 0);
    EXPECT_REFUSED(cuStreamSynchronize(stream), illegal_address, "no memory of the device");
    EXPECT_REFUSED(cuStreamSynchronize(stream), illegal_address, "met an error before");
}
