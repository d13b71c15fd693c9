// Questions about addresses.
#include "context.hpp"
#include "memory.hpp"

#include <cstring>

using namespace lamina::emulator;

namespace {

enum Question : int { of_context = 1, of_memory_type = 2, of_device_pointer = 3, of_host_pointer = 4, of_id = 7, of_managed = 8,
                      of_ordinal = 9, of_start = 11, of_size = 12, of_mapped = 13 };

template <class Value>
void answer(void* out, Value value) {
    std::memcpy(out, &value, sizeof value);
}

void ask(void* out, int question, CUdeviceptr address) {
    require(out, "data");
    Allocation* found = allocation_around(reinterpret_cast<void*>(static_cast<std::uintptr_t>(address)));
    if (!found || found->start + found->bytes == address) {
        refuse(invalid_value, "ptr: 0x", std::hex, address, " is in no memory that the driver knows");
    }
    switch (question) {
        case of_context: return answer(out, found->context);
        case of_memory_type: return answer(out, found->on_device() ? 2u : 1u);
        case of_device_pointer: return answer(out, address);
        case of_host_pointer:
            if (found->on_device()) {
                refuse(invalid_value, "ptr: ", found->name(), " is device memory and has no host pointer");
            }
            return answer(out, address);
        case of_id: return answer(out, static_cast<unsigned long long>(found->serial));
        case of_managed: return answer(out, false);
        case of_ordinal: return answer(out, found->context->device.index);
        case of_start: return answer(out, static_cast<CUdeviceptr>(found->start));
        case of_size: return answer(out, found->bytes);
        case of_mapped: return answer(out, true);
        default: refuse(invalid_value, "attribute ", question, " is not emulated");
    }
}

}

LAMINA_API CUresult cuPointerGetAttribute(void* out, int attribute, CUdeviceptr address) {
    return context_call("cuPointerGetAttribute", [&](Context&) { ask(out, attribute, address); });
}

LAMINA_API CUresult cuPointerGetAttributes(unsigned count, int* attributes, void** out, CUdeviceptr address) {
    return context_call("cuPointerGetAttributes", [&](Context&) {
        require(attributes && out, "attributes or data");
        for (unsigned i = 0; i < count; i++) {
            ask(out[i], attributes[i], address);
        }
    });
}
