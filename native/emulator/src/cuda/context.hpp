// Devices, contexts, and which context a thread works in.
#pragma once

#include "handles.hpp"
#include "stream.hpp"
#include "work.hpp"

#include <string>
#include <vector>

namespace lamina::emulator {

/// A device of the emulated machine.
struct Device {
    int index;
    int major;
    int minor;
    std::size_t memory;
    std::size_t used = 0;
    /// The primary context while somebody retains it, and how often.
    Context* primary = nullptr;
    int retained = 0;
};

const std::vector<Device*>& devices();

/// The device of an ordinal; refuses others.
Device& device_of(CUdevice ordinal);

Handles<Context>& contexts();

/// A new context; made current by the caller.
Context& create_context(Device& device, unsigned flags);

/// Does what is pending, reports what is still alive, frees it, and makes the handle stale.
void end_context(Context& context);

/// The calling thread's stack of contexts; the last is current. Entries may be destroyed.
std::vector<Context*>& context_stack();

/// Makes all contexts forget the error that they stick to.
void forgive_contexts();

}

/// A context; its legacy stream is the one that a null stream names.
struct CUctx_st {
    CUctx_st(lamina::emulator::Device& device, unsigned flags);
    lamina::emulator::Context* holder() const { return nullptr; }
    void end() {}

    /// Keeps the error that everything in this context will answer from now on.
    void stick(int status, const std::string& message);

    lamina::emulator::Device& device;
    unsigned flags;
    std::size_t serial = 0;
    int error = 0;
    std::string error_message;
    /// The legacy default stream.
    std::unique_ptr<lamina::emulator::Stream> legacy;
    /// Streams in the order of their creation.
    std::vector<lamina::emulator::Stream*> streams;
    lamina::emulator::Pending pending;
    /// Live objects by kind.
    lamina::emulator::Holdings holdings;
};
