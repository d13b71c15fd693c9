// Device memory, pinned and registered host memory.
#include "capture.hpp"
#include "context.hpp"
#include "memory.hpp"

#include <algorithm>

using namespace lamina::emulator;

namespace {

void* pointer(CUdeviceptr address) {
    return reinterpret_cast<void*>(static_cast<std::uintptr_t>(address));
}

void require_bytes(std::size_t bytes) {
    if (bytes == 0) {
        refuse(invalid_value, "bytesize is 0");
    }
}

/// Frees memory of a kind. The driver waits for the device before; written guard zones are reported, and the memory is gone all the same.
void free_memory(Context& current, const void* start, Allocation::Kind kind, const char* argument, Status unknown_start) {
    forbid_unsafe("freeing of memory");
    Allocation* found = allocation_at(start);
    if (!found || found->kind != kind) {
        if (Allocation* around = allocation_around(start)) {
            refuse(unknown_start, argument, ": ", start, " is in ", around->name(), ", and not its start or not memory of this kind");
        }
        const char* wanted = kind == Allocation::Kind::device ? "device memory" : "host memory";
        refuse(unknown_start, argument, ": ", start, " is no live ", wanted, "; freed already?");
    }
    Context& owner = *found->context;
    if (&owner.device != &current.device) {
        refuse(invalid_value, argument, ": ", found->name(), " is of another device");
    }
    complete_all(owner);
    try {
        check_guards(*found);
    } catch (const Refusal& refusal) {
        owner.stick(refusal.status, refusal.message);
    }
    release(*found);
    if (owner.error) {
        refuse(static_cast<Status>(owner.error), owner.error_message);
    }
}

CUresult pinned(const char* name, void** out, std::size_t bytes, unsigned flags) {
    return context_call(name, [&](Context& context) {
        require(out, "pp");
        require_bytes(bytes);
        if (flags > 7) {
            refuse(invalid_value, "Flags is ", flags, ", expected bits of 1 (portable), 2 (mapped), 4 (write-combined)");
        }
        forbid_unsafe(name);
        *out = reinterpret_cast<void*>(allocate(context, Allocation::Kind::pinned, bytes, flags).start);
    });
}

}

LAMINA_API CUresult cuMemAlloc_v2(CUdeviceptr* out, std::size_t bytes) {
    return context_call("cuMemAlloc", [&](Context& context) {
        require(out, "dptr");
        require_bytes(bytes);
        forbid_unsafe("cuMemAlloc");
        *out = allocate(context, Allocation::Kind::device, bytes, 0).start;
    });
}

LAMINA_API CUresult cuMemFree_v2(CUdeviceptr address) {
    return context_call("cuMemFree", [&](Context& context) {
        if (address) {
            free_memory(context, pointer(address), Allocation::Kind::device, "dptr", invalid_value);
        }
    });
}

LAMINA_API CUresult cuMemAllocHost_v2(void** out, std::size_t bytes) {
    return pinned("cuMemAllocHost", out, bytes, 0);
}

LAMINA_API CUresult cuMemHostAlloc(void** out, std::size_t bytes, unsigned flags) {
    return pinned("cuMemHostAlloc", out, bytes, flags);
}

LAMINA_API CUresult cuMemFreeHost(void* start) {
    return context_call("cuMemFreeHost", [&](Context& context) {
        require(start, "p");
        free_memory(context, start, Allocation::Kind::pinned, "p", invalid_value);
    });
}

LAMINA_API CUresult cuMemHostRegister_v2(void* start, std::size_t bytes, unsigned flags) {
    return context_call("cuMemHostRegister", [&](Context& context) {
        require(start, "p");
        require_bytes(bytes);
        forbid_unsafe("cuMemHostRegister");
        char* begin = static_cast<char*>(start);
        Allocation* last = allocation_around(begin + bytes - 1);
        if (last && last->start + last->bytes > reinterpret_cast<std::uintptr_t>(begin)) {
            refuse(host_memory_already_registered, "p: the range overlaps ", last->name());
        }
        adopt(context, Allocation::Kind::registered, start, bytes, flags);
    });
}

LAMINA_API CUresult cuMemHostUnregister(void* start) {
    return context_call("cuMemHostUnregister", [&](Context& context) {
        require(start, "p");
        free_memory(context, start, Allocation::Kind::registered, "p", host_memory_not_registered);
    });
}

LAMINA_API CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* out, void* start, unsigned flags) {
    return context_call("cuMemHostGetDevicePointer", [&](Context&) {
        require(out, "pdptr");
        if (flags != 0 || !check_host(start, 1, "p")) {
            refuse(invalid_value, "p is not in pinned memory, or Flags is not 0");
        }
        *out = reinterpret_cast<std::uintptr_t>(start);
    });
}

LAMINA_API CUresult cuMemHostGetFlags(unsigned* flags, void* start) {
    return context_call("cuMemHostGetFlags", [&](Context&) {
        require(flags, "pFlags");
        Allocation* found = check_host(start, 1, "p");
        if (!found) {
            refuse(invalid_value, "p is not in pinned memory");
        }
        *flags = found->flags;
    });
}

LAMINA_API CUresult cuMemGetInfo_v2(std::size_t* free, std::size_t* total) {
    return context_call("cuMemGetInfo", [&](Context& context) {
        require(free && total, "free or total");
        *total = context.device.memory;
        *free = context.device.memory - context.device.used;
    });
}

LAMINA_API CUresult cuMemGetAddressRange_v2(CUdeviceptr* base, std::size_t* bytes, CUdeviceptr address) {
    return context_call("cuMemGetAddressRange", [&](Context&) {
        Allocation* found = allocation_around(pointer(address));
        if (!found || found->start + found->bytes == address) {
            refuse(not_found, "dptr: ", pointer(address), " is in no live memory");
        }
        if (base) {
            *base = found->start;
        }
        if (bytes) {
            *bytes = found->bytes;
        }
    });
}
