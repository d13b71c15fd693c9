// Copies between host and device.
#include "capture.hpp"
#include "context.hpp"
#include "memory.hpp"
#include "tally.hpp"

#include <cstring>

using namespace lamina::emulator;

namespace {

/// Null host memory and zero bytes are a copy of nothing.
struct Copy {
    void* target;
    const void* source;
    std::size_t bytes;
    bool from_device;
    bool to_device;
};

void* pointer(CUdeviceptr address) {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(address));
}

void refuse_overlap(const Copy& copy) {
    auto target = reinterpret_cast<std::uintptr_t>(copy.target);
    auto source = reinterpret_cast<std::uintptr_t>(copy.source);
    if (copy.bytes > 0 && target < source + copy.bytes && source < target + copy.bytes) {
        refuse(invalid_value, "source and destination overlap");
    }
}

const char* target_name(const Copy& copy) {
    return copy.to_device ? "dstDevice" : "dstHost";
}

const char* source_name(const Copy& copy) {
    return copy.from_device ? "srcDevice" : "srcHost";
}

/// A copy that reads its source when it is done.
std::shared_ptr<Work> late_copy(const char* name, const Copy& copy, bool pinned_source, bool pinned_target) {
    auto work = std::make_shared<Work>();
    work->call = name;
    work->kind = 1;
    if (copy.from_device) {
        work->device.push_back({copy.source, copy.bytes, false, source_name(copy)});
    } else if (pinned_source) {
        work->host.push_back({copy.source, copy.bytes, false, source_name(copy)});
    }
    if (copy.to_device) {
        work->device.push_back({copy.target, copy.bytes, true, target_name(copy)});
    } else if (pinned_target) {
        work->host.push_back({copy.target, copy.bytes, true, target_name(copy)});
    }
    work->run = [copy] {
        tally("copies");
        std::memcpy(copy.target, copy.source, copy.bytes);
    };
    return work;
}

void blocking_copy(Context& context, const char* name, const Copy& copy) {
    forbid_unsafe(name);
    bool pinned_source = !copy.from_device && check_host(copy.source, copy.bytes, source_name(copy));
    bool pinned_target = !copy.to_device && check_host(copy.target, copy.bytes, target_name(copy));
    refuse_overlap(copy);
    submit(context, nullptr, late_copy(name, copy, pinned_source, pinned_target));
    // The host waits whenever it takes part; a copy within the device is only queued.
    if (!copy.from_device || !copy.to_device) {
        complete(context.legacy->last);
        settle(context);
    }
}

void refuse_pageable_capture(Stream& stream, const char* argument) {
    if (stream.capture) {
        break_capture(*stream.capture, capture_unsupported, text(argument, " is pageable memory: a captured copy needs pinned memory"));
    }
}

/// Pageable memory is read at the call, pinned memory when the copy is done.
void queue_to_device(Context& context, CUstream handle, const Copy& copy, const char* name) {
    if (check_host(copy.source, copy.bytes, source_name(copy))) {
        submit(context, handle, late_copy(name, copy, true, false));
        return;
    }
    refuse_pageable_capture(own_stream(context, handle), source_name(copy));
    auto* first = static_cast<const char*>(copy.source);
    auto bytes = std::make_shared<std::vector<char>>(first, first + copy.bytes);
    Copy staged{copy.target, bytes->data(), copy.bytes, false, true};
    auto work = late_copy(name, staged, false, false);
    work->run = [staged, bytes] {
        tally("copies");
        std::memcpy(staged.target, staged.source, staged.bytes);
    };
    submit(context, handle, work);
}

/// Pinned memory is full of poison until the copy is done. A copy to pageable memory returns when it is done, as the driver's does: the
/// memory may be a Java array that moves afterwards.
void queue_to_host(Context& context, CUstream handle, const Copy& copy, const char* name) {
    bool pinned = check_host(copy.target, copy.bytes, target_name(copy));
    Stream& stream = own_stream(context, handle);
    auto work = late_copy(name, copy, false, pinned);
    if (pinned) {
        work->spoil = [copy, &context] {
            complete_users(context, copy.target, copy.bytes);
            std::memset(copy.target, poison, copy.bytes);
        };
        submit(context, handle, work);
        return;
    }
    refuse_pageable_capture(stream, target_name(copy));
    submit(context, handle, work);
    complete(stream.last);
    settle(context);
}

void queue(Context& context, CUstream handle, const Copy& copy, const char* name) {
    refuse_overlap(copy);
    if (copy.from_device && copy.to_device) {
        submit(context, handle, late_copy(name, copy, false, false));
    } else if (copy.to_device) {
        queue_to_device(context, handle, copy, name);
    } else if (copy.from_device) {
        queue_to_host(context, handle, copy, name);
    } else {
        refuse(invalid_value, "both sides are host memory");
    }
}

bool on_device(const void* address) {
    Allocation* found = allocation_around(address);
    return found && found->on_device();
}

Copy by_address(CUdeviceptr target, CUdeviceptr source, std::size_t bytes) {
    return {pointer(target), pointer(source), bytes, on_device(pointer(source)), on_device(pointer(target))};
}

}

LAMINA_API CUresult cuMemcpyHtoD_v2(CUdeviceptr target, const void* source, std::size_t bytes) {
    return context_call("cuMemcpyHtoD", [&](Context& context) {
        blocking_copy(context, "cuMemcpyHtoD", {pointer(target), source, bytes, false, true});
    });
}

LAMINA_API CUresult cuMemcpyDtoH_v2(void* target, CUdeviceptr source, std::size_t bytes) {
    return context_call("cuMemcpyDtoH", [&](Context& context) {
        blocking_copy(context, "cuMemcpyDtoH", {target, pointer(source), bytes, true, false});
    });
}

LAMINA_API CUresult cuMemcpyDtoD_v2(CUdeviceptr target, CUdeviceptr source, std::size_t bytes) {
    return context_call("cuMemcpyDtoD", [&](Context& context) {
        blocking_copy(context, "cuMemcpyDtoD", {pointer(target), pointer(source), bytes, true, true});
    });
}

LAMINA_API CUresult cuMemcpy(CUdeviceptr target, CUdeviceptr source, std::size_t bytes) {
    return context_call("cuMemcpy", [&](Context& context) { blocking_copy(context, "cuMemcpy", by_address(target, source, bytes)); });
}

LAMINA_API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr target, const void* source, std::size_t bytes, CUstream stream) {
    return context_call("cuMemcpyHtoDAsync", [&](Context& context) {
        queue(context, stream, {pointer(target), source, bytes, false, true}, "cuMemcpyHtoDAsync");
    });
}

LAMINA_API CUresult cuMemcpyDtoHAsync_v2(void* target, CUdeviceptr source, std::size_t bytes, CUstream stream) {
    return context_call("cuMemcpyDtoHAsync", [&](Context& context) {
        queue(context, stream, {target, pointer(source), bytes, true, false}, "cuMemcpyDtoHAsync");
    });
}

LAMINA_API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr target, CUdeviceptr source, std::size_t bytes, CUstream stream) {
    return context_call("cuMemcpyDtoDAsync", [&](Context& context) {
        queue(context, stream, {pointer(target), pointer(source), bytes, true, true}, "cuMemcpyDtoDAsync");
    });
}

LAMINA_API CUresult cuMemcpyAsync(CUdeviceptr target, CUdeviceptr source, std::size_t bytes, CUstream stream) {
    return context_call("cuMemcpyAsync", [&](Context& context) {
        queue(context, stream, by_address(target, source, bytes), "cuMemcpyAsync");
    });
}
