// Filling device memory.
#include "context.hpp"
#include "memory.hpp"
#include "tally.hpp"

#include <algorithm>

using namespace lamina::emulator;

namespace {

/// Queues a fill. The blocking forms are queued too, in the legacy stream: the driver does not wait for them.
template <class Value>
CUresult fill(const char* name, CUdeviceptr address, Value value, std::size_t count, CUstream stream) {
    return context_call(name, [&](Context& context) {
        auto* start = reinterpret_cast<Value*>(static_cast<std::uintptr_t>(address));
        if (count > static_cast<std::size_t>(-1) / sizeof(Value)) {
            refuse(invalid_value, "N is ", count);
        }
        auto work = std::make_shared<Work>();
        work->call = name;
        work->kind = 2;
        work->device.push_back({start, count * sizeof(Value), true, "dstDevice", sizeof(Value)});
        work->run = [=] {
            tally("fills");
            std::fill(start, start + count, value);
        };
        submit(context, stream, work);
    });
}

}

LAMINA_API CUresult cuMemsetD8_v2(CUdeviceptr start, unsigned char value, std::size_t count) {
    return fill("cuMemsetD8", start, value, count, nullptr);
}

LAMINA_API CUresult cuMemsetD16_v2(CUdeviceptr start, unsigned short value, std::size_t count) {
    return fill("cuMemsetD16", start, value, count, nullptr);
}

LAMINA_API CUresult cuMemsetD32_v2(CUdeviceptr start, unsigned value, std::size_t count) {
    return fill("cuMemsetD32", start, value, count, nullptr);
}

LAMINA_API CUresult cuMemsetD8Async(CUdeviceptr start, unsigned char value, std::size_t count, CUstream stream) {
    return fill("cuMemsetD8Async", start, value, count, stream);
}

LAMINA_API CUresult cuMemsetD16Async(CUdeviceptr start, unsigned short value, std::size_t count, CUstream stream) {
    return fill("cuMemsetD16Async", start, value, count, stream);
}

LAMINA_API CUresult cuMemsetD32Async(CUdeviceptr start, unsigned value, std::size_t count, CUstream stream) {
    return fill("cuMemsetD32Async", start, value, count, stream);
}
