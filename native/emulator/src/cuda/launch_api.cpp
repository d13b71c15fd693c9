// Launches of kernels and host functions.
#include "capture.hpp"
#include "context.hpp"
#include "limits.hpp"
#include "memory.hpp"
#include "module.hpp"
#include "tally.hpp"

#include <cstring>

using namespace lamina::emulator;

namespace {

/// Argument values, copied at the call, and pointers to them.
struct Arguments {
    std::vector<unsigned long long> storage;
    std::vector<void*> pointers;
};

void check_shape(const Function& function, const Triple& grid, const Triple& block, std::size_t dynamic_bytes) {
    const char* name = function.entry->name;
    auto threads = static_cast<unsigned long long>(block.x) * block.y * block.z;
    unsigned bound = function.entry->max_threads;
    bool empty = grid.x == 0 || grid.y == 0 || grid.z == 0;
    if (empty || grid.x > static_cast<unsigned>(max_grid_x) || grid.y > max_grid_yz || grid.z > max_grid_yz) {
        refuse(invalid_value, "kernel ", name, ": grid ", grid.x, " x ", grid.y, " x ", grid.z, ", 1 to ", max_grid_x, " x ", max_grid_yz,
               " x ", max_grid_yz, " are possible");
    }
    if (threads == 0 || threads > max_block_threads || block.x > max_block_x || block.y > max_block_y || block.z > max_block_z) {
        refuse(invalid_value, "kernel ", name, ": block ", block.x, " x ", block.y, " x ", block.z, ", at most ", max_block_threads,
               " threads in 1 to ", max_block_x, " x ", max_block_y, " x ", max_block_z, " are possible");
    }
    if (bound > 0 && threads > bound) {
        refuse(invalid_value, "kernel ", name, ": ", threads, " threads in a block, its __launch_bounds__ say ", bound);
    }
    if (dynamic_bytes > function.dynamic_limit) {
        refuse(invalid_value, "kernel ", name, ": ", dynamic_bytes, " bytes of dynamic shared memory beside ", function.static_bytes,
               " static, at most ", function.dynamic_limit, "; more needs cuFuncSetAttribute");
    }
}

/// Null, or in memory that the device reaches (its end counts in: an empty buffer may begin there). Others are refused now, where the
/// driver would find out late or never.
void check_pointer(const Context& context, const Function& function, unsigned index, const void* value) {
    unsigned alignment = function.entry->parameters[index].pointee_alignment;
    if (alignment == 0 || !value) {
        return;
    }
    Allocation* found = allocation_around(value);
    if (!found || (found->on_device() && &found->context->device != &context.device)) {
        refuse(invalid_value, "kernel ", function.entry->name, ", parameter ", index, ": ", value, " is no memory of the device");
    }
    if (reinterpret_cast<std::uintptr_t>(value) % alignment != 0) {
        refuse(misaligned_address, "kernel ", function.entry->name, ", parameter ", index, ": ", value, " is not a multiple of ",
               alignment);
    }
}

void check_pointers(const Context& context, const Function& function, const Arguments& arguments) {
    for (unsigned i = 0; i < function.entry->parameter_count; i++) {
        if (function.entry->parameters[i].pointee_alignment > 0) {
            check_pointer(context, function, i, *static_cast<void**>(arguments.pointers[i]));
        }
    }
}

unsigned round_up(unsigned value, unsigned unit) {
    return (value + unit - 1) / unit * unit;
}

/// Argument addresses in the one buffer that `extra` gives: a list of 1, buffer, 2, address of its size, 0.
std::vector<void*> packed(const Function& function, void** extra) {
    char* buffer = nullptr;
    std::size_t* bytes = nullptr;
    for (void** at = extra; *at; at += 2) {
        if (*at == reinterpret_cast<void*>(1)) {
            buffer = static_cast<char*>(at[1]);
        } else if (*at == reinterpret_cast<void*>(2)) {
            bytes = static_cast<std::size_t*>(at[1]);
        }
    }
    require(buffer && bytes, "extra's buffer or size");
    std::vector<void*> all;
    unsigned offset = 0;
    for (unsigned i = 0; i < function.entry->parameter_count; i++) {
        const Parameter& parameter = function.entry->parameters[i];
        offset = round_up(offset, parameter.alignment);
        all.push_back(buffer + offset);
        offset += parameter.bytes;
    }
    if (*bytes < offset || *bytes > round_up(offset, 16)) {
        refuse(invalid_value, "kernel ", function.entry->name, " takes ", offset, " bytes of arguments, extra gives ", *bytes);
    }
    return all;
}

std::shared_ptr<Arguments> copy_arguments(const Function& function, void** given, void** extra) {
    const KernelEntry& entry = *function.entry;
    std::vector<void*> sources;
    if (given && extra) {
        refuse(invalid_value, "kernelParams and extra are both given");
    }
    if (!given && extra) {
        sources = packed(function, extra);
    } else if (entry.parameter_count > 0) {
        require(given, "kernelParams");
        sources.assign(given, given + entry.parameter_count);
    }
    auto all = std::make_shared<Arguments>();
    std::size_t words = 0;
    for (unsigned i = 0; i < entry.parameter_count; i++) {
        words += round_up(round_up(entry.parameters[i].bytes, entry.parameters[i].alignment), 16) / 8 + 2;
    }
    all->storage.resize(words + 2);
    auto at = (reinterpret_cast<std::uintptr_t>(all->storage.data()) + 15) & ~std::uintptr_t{15};
    for (unsigned i = 0; i < entry.parameter_count; i++) {
        if (!sources[i]) {
            refuse(invalid_value, "kernel ", entry.name, " takes ", entry.parameter_count, " parameters, number ", i, " is missing (null)");
        }
        std::memcpy(reinterpret_cast<void*>(at), sources[i], entry.parameters[i].bytes);
        all->pointers.push_back(reinterpret_cast<void*>(at));
        at += round_up(entry.parameters[i].bytes, 16);
    }
    return all;
}

std::shared_ptr<Work> kernel_work(Context& context, Function& function, const Execution& execution, std::shared_ptr<Arguments> arguments) {
    auto work = std::make_shared<Work>();
    work->call = text("kernel ", function.entry->name);
    work->kind = 0;
    work->run = [execution, arguments, &context, &function, object = std::weak_ptr<SharedObject>(function.module->object)] {
        if (object.expired()) {
            refuse(illegal_address, "its module was unloaded");
        }
        check_pointers(context, function, *arguments);
        tally("kernels");
        run_blocks(execution, arguments->pointers.data());
    };
    return work;
}

CUresult launch(const char* name, CUfunction handle, Triple grid, Triple block, unsigned dynamic_bytes, CUstream stream, void** given,
                void** extra) {
    return context_call(name, [&](Context& context) {
        Function& function = functions().get(handle, "f");
        if (function.module->context != &context) {
            refuse(invalid_handle, "kernel ", function.entry->name, " is of another context than the current one");
        }
        own_stream(context, stream);
        check_shape(function, grid, block, dynamic_bytes);
        auto arguments = copy_arguments(function, given, extra);
        check_pointers(context, function, *arguments);
        Execution execution{function.module->table, function.entry, grid, block, dynamic_bytes, function.static_shared};
        submit(context, stream, kernel_work(context, function, execution, arguments));
    });
}

std::shared_ptr<Work> host_work(const char* name, std::function<void()> run) {
    auto work = std::make_shared<Work>();
    work->call = name;
    work->kind = 3;
    work->run = std::move(run);
    return work;
}

}

LAMINA_API CUresult cuLaunchKernel(CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                                   unsigned block_y, unsigned block_z, unsigned dynamic_bytes, CUstream stream, void** arguments,
                                   void** extra) {
    Triple grid{grid_x, grid_y, grid_z};
    Triple block{block_x, block_y, block_z};
    return launch("cuLaunchKernel", function, grid, block, dynamic_bytes, stream, arguments, extra);
}

LAMINA_API CUresult cuLaunchHostFunc(CUstream stream, void (*function)(void*), void* data) {
    return context_call("cuLaunchHostFunc", [&](Context& context) {
        require(reinterpret_cast<void*>(function), "fn");
        submit(context, stream, host_work("cuLaunchHostFunc", [=] { function(data); }));
    });
}

LAMINA_API CUresult cuStreamAddCallback(CUstream handle, void (*callback)(CUstream, CUresult, void*), void* data, unsigned flags) {
    return context_call("cuStreamAddCallback", [&](Context& context) {
        require(reinterpret_cast<void*>(callback), "callback");
        if (flags != 0) {
            refuse(invalid_value, "flags is ", flags, ", expected 0");
        }
        Stream& stream = own_stream(context, handle);
        forbid_while_capturing(stream, "cuStreamAddCallback");
        submit(context, handle, host_work("cuStreamAddCallback", [=, &context] { callback(handle, context.error, data); }));
    });
}
