// Contexts: primary ones, own ones, and which is current.
#include "capture.hpp"
#include "context.hpp"

using namespace lamina::emulator;

namespace {

Context& live(CUcontext context) {
    if (!context) {
        refuse(invalid_context, "the context is null");
    }
    if (!contexts().is_live(context)) {
        refuse(invalid_context, static_cast<void*>(context), " is no live context");
    }
    return *context;
}

void make_current(Context* context) {
    auto& stack = context_stack();
    if (stack.empty()) {
        stack.push_back(context);
    } else {
        stack.back() = context;
    }
    if (!context) {
        stack.pop_back();
    }
}

void end_primary(Device& device) {
    device.retained = 0;
    if (device.primary) {
        Context& context = *device.primary;
        device.primary = nullptr;
        end_context(context);
    }
}

}

LAMINA_API CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice ordinal) {
    return device_call("cuDevicePrimaryCtxRetain", [&] {
        require(context, "pctx");
        Device& device = device_of(ordinal);
        if (!device.primary) {
            device.primary = &create_context(device, 0);
        }
        device.retained++;
        *context = device.primary;
    });
}

LAMINA_API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice ordinal) {
    return device_call("cuDevicePrimaryCtxRelease", [&] {
        Device& device = device_of(ordinal);
        if (device.retained == 0) {
            refuse(invalid_context, "the primary context of device ", ordinal, " is not retained");
        }
        if (--device.retained == 0) {
            end_primary(device);
        }
    });
}

LAMINA_API CUresult cuDevicePrimaryCtxReset_v2(CUdevice ordinal) {
    return device_call("cuDevicePrimaryCtxReset", [&] { end_primary(device_of(ordinal)); });
}

LAMINA_API CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice ordinal, unsigned) {
    return device_call("cuDevicePrimaryCtxSetFlags", [&] { device_of(ordinal); });
}

LAMINA_API CUresult cuDevicePrimaryCtxGetState(CUdevice ordinal, unsigned* flags, int* active) {
    return device_call("cuDevicePrimaryCtxGetState", [&] {
        Device& device = device_of(ordinal);
        require(flags, "flags");
        require(active, "active");
        *flags = device.primary ? device.primary->flags : 0;
        *active = device.primary != nullptr;
    });
}

LAMINA_API CUresult cuCtxCreate_v2(CUcontext* context, unsigned flags, CUdevice ordinal) {
    return device_call("cuCtxCreate", [&] {
        require(context, "pctx");
        *context = &create_context(device_of(ordinal), flags);
        context_stack().push_back(*context);
    });
}

LAMINA_API CUresult cuCtxDestroy_v2(CUcontext handle) {
    return device_call("cuCtxDestroy", [&] {
        Context& context = live(handle);
        if (context.device.primary == &context) {
            refuse(invalid_context, "a primary context is released, not destroyed");
        }
        end_context(context);
        auto& stack = context_stack();
        if (!stack.empty() && stack.back() == &context) {
            stack.pop_back();
        }
    });
}

LAMINA_API CUresult cuCtxSetCurrent(CUcontext context) {
    return device_call("cuCtxSetCurrent", [&] { make_current(context ? &live(context) : nullptr); });
}

LAMINA_API CUresult cuCtxGetCurrent(CUcontext* context) {
    return device_call("cuCtxGetCurrent", [&] {
        require(context, "pctx");
        *context = context_stack().empty() ? nullptr : context_stack().back();
    });
}

LAMINA_API CUresult cuCtxPushCurrent_v2(CUcontext context) {
    return device_call("cuCtxPushCurrent", [&] { context_stack().push_back(&live(context)); });
}

LAMINA_API CUresult cuCtxPopCurrent_v2(CUcontext* context) {
    return device_call("cuCtxPopCurrent", [&] {
        auto& stack = context_stack();
        if (stack.empty()) {
            refuse(invalid_context, "no context is current on this thread");
        }
        if (context) {
            *context = stack.back();
        }
        stack.pop_back();
    });
}

LAMINA_API CUresult cuCtxGetDevice(CUdevice* device) {
    return context_call("cuCtxGetDevice", [&](Context& context) {
        require(device, "device");
        *device = context.device.index;
    });
}

LAMINA_API CUresult cuCtxGetFlags(unsigned* flags) {
    return context_call("cuCtxGetFlags", [&](Context& context) {
        require(flags, "flags");
        *flags = context.flags;
    });
}

LAMINA_API CUresult cuCtxGetId(CUcontext context, unsigned long long* id) {
    return device_call("cuCtxGetId", [&] {
        require(id, "ctxId");
        *id = (context ? live(context) : current_context()).serial;
    });
}

LAMINA_API CUresult cuCtxGetApiVersion(CUcontext context, unsigned* version) {
    return device_call("cuCtxGetApiVersion", [&] {
        require(version, "version");
        context ? live(context) : current_context();
        *version = 3020;
    });
}

LAMINA_API CUresult cuCtxSynchronize() {
    return context_call("cuCtxSynchronize", [&](Context& context) {
        forbid_in_capturing_context(context);
        forbid_unsafe("cuCtxSynchronize");
        complete_all(context);
        settle(context);
    });
}
