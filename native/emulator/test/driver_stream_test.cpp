// The order of deferred work: only what is waited for is done.
#include "driver.hpp"

using namespace lamina::test;

namespace {

constexpr std::size_t count = 16;

/// Fills device memory with a number in a stream.
void fill(const Buffer<int>& buffer, int value, const Stream& stream) {
    EXPECT_EQUAL(cuMemsetD32Async(address(buffer), static_cast<unsigned>(value), count, stream.get()), 0);
}

/// Copies to pinned memory in a stream.
void fetch(const Pinned<int>& host, const Buffer<int>& buffer, const Stream& stream) {
    EXPECT_EQUAL(cuMemcpyDtoHAsync_v2(host.get(), address(buffer), host.bytes(), stream.get()), 0);
}

}

TEST(stream_resultsArePoisonUntilWaitedFor) {
    Stream stream;
    Buffer<int> buffer(count);
    Pinned<int> host(count);
    host[3] = 0;
    fill(buffer, 7, stream);
    fetch(host, buffer, stream);
    EXPECT_EQUAL(host[3], -1);
    stream.synchronize();
    EXPECT_EQUAL(host[3], 7);
}

TEST(stream_waitingForOneDoesNotDoTheOther) {
    Stream first, second;
    Buffer<int> buffer(count);
    Pinned<int> host(count);
    fill(buffer, 7, first);
    fetch(host, buffer, second);
    second.synchronize();
    EXPECT_EQUAL(host[0], -1);
}

TEST(stream_eventsOrderStreams) {
    Stream first, second;
    Event event;
    Buffer<int> buffer(count);
    Pinned<int> host(count);
    fill(buffer, 7, first);
    EXPECT_EQUAL(cuEventRecord(event.get(), first.get()), 0);
    fill(buffer, 8, first);
    EXPECT_EQUAL(cuStreamWaitEvent(second.get(), event.get(), 0), 0);
    fetch(host, buffer, second);
    second.synchronize();
    EXPECT_EQUAL(host[0], 7);
    first.synchronize();
}

TEST(stream_eventWaitDoesOnlyWhatCameBefore) {
    Stream stream;
    Event event;
    Buffer<int> buffer(count);
    Pinned<int> early(count), late(count);
    fill(buffer, 1, stream);
    fetch(early, buffer, stream);
    EXPECT_EQUAL(cuEventRecord(event.get(), stream.get()), 0);
    fetch(late, buffer, stream);
    EXPECT_EQUAL(cuEventSynchronize(event.get()), 0);
    EXPECT_EQUAL(early[0], 1);
    EXPECT_EQUAL(late[0], -1);
    stream.synchronize();
    EXPECT_EQUAL(late[0], 1);
}

TEST(stream_pinnedSourceIsReadLatePageableAtOnce) {
    Stream stream;
    Buffer<int> from_pinned(count), from_pageable(count);
    Pinned<int> pinned(count);
    std::vector<int> pageable(count, 1);
    std::fill(pinned.get(), pinned.get() + count, 1);
    EXPECT_EQUAL(cuMemcpyHtoDAsync_v2(address(from_pinned), pinned.get(), pinned.bytes(), stream.get()), 0);
    EXPECT_EQUAL(cuMemcpyHtoDAsync_v2(address(from_pageable), pageable.data(), from_pageable.bytes(), stream.get()), 0);
    std::fill(pinned.get(), pinned.get() + count, 2);
    std::fill(pageable.begin(), pageable.end(), 2);
    EXPECT_EQUAL(from_pinned.read(stream)[5], 2);
    EXPECT_EQUAL(from_pageable.read(stream)[5], 1);
}

TEST(stream_stagingThatIsReadLaterKeepsItsValue) {
    Stream stream;
    Buffer<int> source(count), target(count);
    Pinned<int> staging(count);
    std::fill(staging.get(), staging.get() + count, 5);
    fill(source, 9, stream);
    EXPECT_EQUAL(cuMemcpyHtoDAsync_v2(address(target), staging.get(), staging.bytes(), stream.get()), 0);
    fetch(staging, source, stream);
    EXPECT_EQUAL(target.read(stream)[0], 5);
    EXPECT_EQUAL(staging[0], 9);
}

TEST(stream_blockingCopyWaitsOnlyForStreamsThatKeepOrder) {
    Stream free_stream;
    CUstream_st* ordered = nullptr;
    EXPECT_EQUAL(cuStreamCreate(&ordered, 0), 0);
    Buffer<int> first(count), second(count);
    EXPECT_EQUAL(cuMemsetD32Async(address(first), 3, count, ordered), 0);
    fill(second, 3, free_stream);
    int value = 0;
    EXPECT_EQUAL(cuMemcpyDtoH_v2(&value, address(first), sizeof value), 0);
    EXPECT_EQUAL(value, 3);
    EXPECT_EQUAL(cuMemcpyDtoH_v2(&value, address(second), sizeof value), 0);
    EXPECT_EQUAL(value, -1);
    EXPECT_EQUAL(cuStreamDestroy_v2(ordered), 0);
    free_stream.synchronize();
}

TEST(stream_queriesEndAndTimeIsTold) {
    Stream stream;
    Event start, end, untimed(2);
    Buffer<int> buffer(count);
    EXPECT_EQUAL(cuEventRecord(start.get(), stream.get()), 0);
    fill(buffer, 1, stream);
    EXPECT_EQUAL(cuEventRecord(end.get(), stream.get()), 0);
    EXPECT_EQUAL(cuEventRecord(untimed.get(), stream.get()), 0);
    float time = -1;
    EXPECT_EQUAL(cuEventElapsedTime(&time, start.get(), end.get()), static_cast<int>(not_ready));
    EXPECT_EQUAL(cuEventQuery(end.get()), static_cast<int>(not_ready));
    int questions = 0;
    while (cuStreamQuery(stream.get()) == not_ready) {
        questions++;
    }
    EXPECT(questions < 10);
    EXPECT_EQUAL(cuEventElapsedTime(&time, start.get(), end.get()), 0);
    EXPECT(time >= 0);
    EXPECT_REFUSED(cuEventElapsedTime(&time, start.get(), untimed.get()), invalid_handle, "without timing");
}

TEST(stream_destroyedHandlesAreRefused) {
    open_device();
    CUstream_st* stream = nullptr;
    CUevent_st* event = nullptr;
    EXPECT_EQUAL(cuStreamCreate(&stream, 1), 0);
    EXPECT_EQUAL(cuEventCreate(&event, 0), 0);
    EXPECT_EQUAL(cuStreamDestroy_v2(stream), 0);
    EXPECT_REFUSED(cuStreamDestroy_v2(stream), invalid_handle, "was destroyed");
    EXPECT_REFUSED(cuEventRecord(event, stream), invalid_handle, "was destroyed");
    EXPECT_EQUAL(cuEventDestroy_v2(event), 0);
    EXPECT_REFUSED(cuEventSynchronize(event), invalid_handle, "was destroyed");
    EXPECT_REFUSED(cuStreamSynchronize(reinterpret_cast<CUstream_st*>(event)), invalid_handle, "is no stream");
}

TEST(stream_hostFunctionsRunInOrder) {
    Stream stream;
    int calls = 0;
    EXPECT_EQUAL(cuLaunchHostFunc(stream.get(), [](void* at) { ++*static_cast<int*>(at); }, &calls), 0);
    EXPECT_EQUAL(calls, 0);
    stream.synchronize();
    EXPECT_EQUAL(calls, 1);
}

TEST(stream_freeingMemoryWaitsForItsUsers) {
    Stream stream;
    Pinned<int> host(count);
    unsigned long long memory = 0;
    EXPECT_EQUAL(cuMemAlloc_v2(&memory, host.bytes()), 0);
    EXPECT_EQUAL(cuMemsetD32Async(memory, 4, count, stream.get()), 0);
    EXPECT_EQUAL(cuMemcpyDtoHAsync_v2(host.get(), memory, host.bytes(), stream.get()), 0);
    EXPECT_EQUAL(cuMemFree_v2(memory), 0);
    stream.synchronize();
    EXPECT_EQUAL(host[0], 4);
}
