// Loaded modules and their functions.
#pragma once

#include "block.hpp"
#include "handles.hpp"

#include <map>
#include <memory>
#include <string>

namespace lamina::emulator {

Handles<Module>& modules();
Handles<Function>& functions();

/// Ends what a destroyed context had.
void end_modules(Context& context);

/// A shared object in memory, loaded for itself alone: equal objects loaded twice have variables of their own.
class SharedObject {
public:
    /// Refuses what the system's loader refuses.
    explicit SharedObject(const std::string& bytes);
    ~SharedObject();
    SharedObject(const SharedObject&) = delete;
    SharedObject& operator=(const SharedObject&) = delete;

    void* find(const char* name) const;
    /// Where it was loaded; adds to the values of its symbols.
    char* base() const;

private:
    void* handle_;
};

/// A variable of a shared object.
struct Variable {
    /// Its name as compiled (mangled).
    std::string name;
    std::size_t offset;
    std::size_t bytes;
};

/// The writable variables of a shared object, local ones too.
std::vector<Variable> variables_of(const std::string& object);

/// The kernel or function that a variable is local to, by its mangled name: "saxpy" of _ZZ5saxpyE1s; empty if it is not local to one,
/// "?" if to something more complicated.
std::string scope_of(const std::string& mangled);

/// The shared object in an image of either form. Refuses damaged and foreign images, and those for other devices.
std::string object_of(const void* image, const Context& context);

}

struct CUfunc_st {
    CUfunc_st(lamina::emulator::Module& module, const lamina::emulator::KernelEntry& entry) : module(&module), entry(&entry) {}
    lamina::emulator::Context* holder() const;
    void end() {}

    lamina::emulator::Module* module;
    const lamina::emulator::KernelEntry* entry;
    std::size_t serial = 0;
    std::vector<lamina::emulator::Region> static_shared;
    std::size_t static_bytes = 0;
    /// The most dynamic shared memory that launches may ask for.
    std::size_t dynamic_limit = 0;
};

struct CUmod_st {
    CUmod_st(lamina::emulator::Context& owner, const std::string& bytes);
    lamina::emulator::Context* holder() const { return context; }
    void end();

    lamina::emulator::Context* context;
    std::shared_ptr<lamina::emulator::SharedObject> object;
    std::vector<lamina::emulator::Variable> variables;
    const lamina::emulator::ModuleTable* table = nullptr;
    std::map<std::string, lamina::emulator::Function*> functions;
    std::size_t serial = 0;
};
