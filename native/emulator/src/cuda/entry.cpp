// Version and entry points by name.
#include "call.hpp"

#include <dlfcn.h>

using namespace lamina::emulator;

namespace {

constexpr int driver_version = 12060;

/// This library, whoever has loaded it and however.
void* self() {
    static void* handle = [] {
        Dl_info info;
        return dladdr(&driver_version, &info) ? dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD) : nullptr;
    }();
    return handle;
}

void* newest(const std::string& name) {
    for (const char* suffix : {"_v3", "_v2", ""}) {
        if (void* found = dlsym(self(), (name + suffix).c_str())) {
            return found;
        }
    }
    return nullptr;
}

void entry_of(const char* name, void** function, int version) {
    require(name, "symbol");
    require(function, "pfn");
    *function = nullptr;
    if (version > driver_version) {
        refuse(invalid_value, "cudaVersion ", version, " is newer than the driver");
    }
    *function = newest(name);
    if (!*function) {
        refuse(not_found, name, " is not emulated");
    }
}

}

LAMINA_API CUresult cuDriverGetVersion(int* version) {
    return plain_call("cuDriverGetVersion", [&] {
        require(version, "driverVersion");
        *version = driver_version;
    });
}

LAMINA_API CUresult cuGetProcAddress(const char* name, void** function, int version, unsigned long long) {
    return plain_call("cuGetProcAddress", [&] { entry_of(name, function, version); });
}

LAMINA_API CUresult cuGetProcAddress_v2(const char* name, void** function, int version, unsigned long long, int* found) {
    return plain_call("cuGetProcAddress", [&] {
        if (found) {
            *found = 1;  // not there
        }
        entry_of(name, function, version);
        if (found) {
            *found = 0;
        }
    });
}

/// NVRTC asks for tables of the driver's inside at start and lives without them.
LAMINA_API CUresult cuGetExportTable(const void** table, const void*) {
    if (table) {
        *table = nullptr;
    }
    return not_found;
}
