#include "module.hpp"

#include "context.hpp"
#include "limits.hpp"
#include "memory.hpp"

#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

namespace lamina::emulator {

Handles<Module>& modules() {
    static auto* all = new Handles<Module>("module");
    return *all;
}

Handles<Function>& functions() {
    static auto* all = new Handles<Function>("function", false);
    return *all;
}

void end_modules(Context& context) {
    for (Module* module : modules().live(&context)) {
        modules().destroy(*module);
    }
}

namespace {

/// A path to the file that no load before had: the loader takes equal names for equal objects. The number is written in dots and slashes
/// that mean nothing.
std::string unique_path(int file) {
    static std::size_t count = 0;
    std::string path = "/proc/self/fd/";
    for (std::size_t number = ++count; number > 0; number >>= 1) {
        path += number & 1 ? "./" : "/";
    }
    return text(path, file);
}

}

SharedObject::SharedObject(const std::string& bytes) {
    int file = memfd_create("lamina-module", MFD_CLOEXEC);
    if (file < 0) {
        refuse(out_of_memory, "the host has no memory for the module");
    }
    std::size_t written = 0;
    while (written < bytes.size()) {
        ssize_t part = write(file, bytes.data() + written, bytes.size() - written);
        if (part <= 0) {
            close(file);
            refuse(out_of_memory, "the host has no memory for the module");
        }
        written += static_cast<std::size_t>(part);
    }
    handle_ = dlopen(unique_path(file).c_str(), RTLD_NOW | RTLD_LOCAL);
    const char* why = handle_ ? nullptr : dlerror();
    close(file);
    if (!handle_) {
        refuse(invalid_image, "the module cannot be loaded: ", why ? why : "no reason given");
    }
}

SharedObject::~SharedObject() {
    dlclose(handle_);
}

void* SharedObject::find(const char* name) const {
    return dlsym(handle_, name);
}

char* SharedObject::base() const {
    link_map* map = nullptr;
    dlinfo(handle_, RTLD_DI_LINKMAP, &map);
    return reinterpret_cast<char*>(map->l_addr);
}

namespace {

/// Gives each kernel its static shared memory: what is local to it, and what is local to helpers that it may call.
void add_shared_memory(Module& module, Function& function) {
    for (const Variable& variable : module.variables) {
        std::string scope = scope_of(variable.name);
        if (scope.empty() || (scope != function.entry->name && module.functions.count(scope))) {
            continue;
        }
        function.static_shared.push_back({module.object->base() + variable.offset, variable.bytes});
        function.static_bytes += variable.bytes;
    }
    if (function.static_bytes > shared_per_block) {
        refuse(invalid_image, "kernel ", function.entry->name, " has ", function.static_bytes, " bytes of static shared memory, ",
               shared_per_block, " are possible");
    }
    function.dynamic_limit = shared_per_block - function.static_bytes;
}

}
}

using namespace lamina::emulator;

lamina::emulator::Context* CUfunc_st::holder() const {
    return module->context;
}

CUmod_st::CUmod_st(Context& owner, const std::string& bytes)
    : context(&owner), object(std::make_shared<SharedObject>(bytes)), variables(variables_of(bytes)) {
    auto entry = reinterpret_cast<const ModuleTable* (*)()>(object->find(module_entry));
    table = entry ? entry() : nullptr;
    if (!table || table->version != module_version) {
        refuse(invalid_image, "the module is of another version of the emulator");
    }
    for (unsigned i = 0; i < table->kernel_count; i++) {
        functions.emplace(table->kernels[i].name, nullptr);
    }
    try {
        for (unsigned i = 0; i < table->kernel_count; i++) {
            Function& function = lamina::emulator::functions().create(*this, table->kernels[i]);
            functions[table->kernels[i].name] = &function;
            add_shared_memory(*this, function);
        }
    } catch (const Refusal&) {
        end();
        throw;
    }
}

void CUmod_st::end() {
    for (auto& [name, function] : functions) {
        if (function) {
            lamina::emulator::functions().destroy(*function);
        }
    }
    functions.clear();
    for (const Variable& variable : variables) {
        Allocation* known = allocation_at(object->base() + variable.offset);
        if (known && known->kind == Allocation::Kind::variable) {
            release(*known);
        }
    }
    object.reset();
}
