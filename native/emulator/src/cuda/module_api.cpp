// Modules.
#include "capture.hpp"
#include "context.hpp"
#include "memory.hpp"
#include "module.hpp"

#include <fstream>
#include <iterator>

using namespace lamina::emulator;

namespace {

CUresult load(const char* name, CUmodule* out, const void* image) {
    return context_call(name, [&](Context& context) {
        require(out, "module");
        forbid_unsafe(name);
        *out = &modules().create(context, object_of(image, context));
    });
}

/// The variable of a name as written in the source: at namespace scope it is mangled only by the prelude's unnamed namespace.
const Variable& variable_of(const Module& module, const std::string& name) {
    std::string mangled = text("_ZN12_GLOBAL__N_1", name.size(), name, "E");
    for (const Variable& variable : module.variables) {
        if (variable.name == name || variable.name == mangled) {
            return variable;
        }
    }
    refuse(not_found, "module #", module.serial, " has no variable ", name, " (one that no kernel uses is not there)");
}

}

LAMINA_API CUresult cuModuleLoadData(CUmodule* module, const void* image) {
    return load("cuModuleLoadData", module, image);
}

LAMINA_API CUresult cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned, int*, void**) {
    return load("cuModuleLoadDataEx", module, image);
}

LAMINA_API CUresult cuModuleLoad(CUmodule* module, const char* file) {
    std::string bytes;
    CUresult result = plain_call("cuModuleLoad", [&] {
        require(file, "fname");
        std::ifstream in(file, std::ios::binary);
        if (!in) {
            refuse(file_not_found, file, " cannot be read");
        }
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    });
    return result ? result : load("cuModuleLoadData", module, bytes.c_str());
}

LAMINA_API CUresult cuModuleUnload(CUmodule handle) {
    return context_call("cuModuleUnload", [&](Context&) {
        Module& module = modules().get(handle, "hmod");
        forbid_unsafe("cuModuleUnload");
        complete_all(*module.context);
        modules().destroy(module);
    });
}

LAMINA_API CUresult cuModuleGetFunction(CUfunction* out, CUmodule handle, const char* name) {
    return context_call("cuModuleGetFunction", [&](Context&) {
        require(out, "hfunc");
        require(name, "name");
        Module& module = modules().get(handle, "hmod");
        auto found = module.functions.find(name);
        if (found == module.functions.end()) {
            refuse(not_found, "module #", module.serial, " has no kernel ", name);
        }
        *out = found->second;
    });
}

LAMINA_API CUresult cuModuleGetGlobal_v2(CUdeviceptr* address, std::size_t* bytes, CUmodule handle, const char* name) {
    return context_call("cuModuleGetGlobal", [&](Context&) {
        require(name, "name");
        Module& module = modules().get(handle, "hmod");
        const Variable& variable = variable_of(module, name);
        char* start = module.object->base() + variable.offset;
        if (!allocation_at(start)) {
            adopt(*module.context, Allocation::Kind::variable, start, variable.bytes, 0);
        }
        if (address) {
            *address = reinterpret_cast<std::uintptr_t>(start);
        }
        if (bytes) {
            *bytes = variable.bytes;
        }
    });
}

LAMINA_API CUresult cuModuleGetLoadingMode(int* mode) {
    return plain_call("cuModuleGetLoadingMode", [&] {
        require(mode, "mode");
        *mode = 1;  // eager
    });
}

LAMINA_API CUresult cuFuncGetModule(CUmodule* module, CUfunction handle) {
    return context_call("cuFuncGetModule", [&](Context&) {
        require(module, "hmod");
        *module = functions().get(handle, "hfunc").module;
    });
}
