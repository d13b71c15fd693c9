// The sub-libraries of cuDNN 9. The stand-in keeps all code in libcudnn.so.9, but loads the parts where the real one does, so that a part
// that is missing or of another version shows.
#include "dnn.hpp"

#include <cstdio>
#include <dlfcn.h>

namespace lamina::emulator::dnn {

namespace {

constexpr int part_version = 90501;

struct File {
    Part part;
    const char* name;
    void* library;
};

File files[] = {
    {Part::graph, "libcudnn_graph.so.9", nullptr},
    {Part::ops, "libcudnn_ops.so.9", nullptr},
    {Part::cnn, "libcudnn_cnn.so.9", nullptr},
    {Part::heuristic, "libcudnn_heuristic.so.9", nullptr},
    {Part::engines, "libcudnn_engines_precompiled.so.9", nullptr},
};
std::mutex loading;

}

void need(Part part) {
    std::lock_guard lock(loading);
    for (File& file : files) {
        if (file.part != part || file.library != nullptr) {
            continue;
        }
        void* library = dlopen(file.name, RTLD_NOW | RTLD_LOCAL);
        if (library == nullptr) {
            std::fprintf(stderr, "Unable to load any of {%s}\n", file.name);
            const char* why = dlerror();
            refuse(sublibrary_loading_failed, std::string("cannot load ") + file.name + ": " + (why == nullptr ? "" : why));
        }
        auto version = reinterpret_cast<int (*)()>(dlsym(library, "cudnnEmulatedPartVersion"));
        bool same = version != nullptr && version() == part_version;
        if (!same) {
            dlclose(library);
            refuse(sublibrary_version_mismatch, std::string(file.name) + " is not of the version of libcudnn.so.9");
        }
        file.library = library;
    }
}

}

using namespace lamina::emulator::dnn;

LAMINA_EXPORT int cudnnGraphVersionCheck() {
    return entry(__func__, [] { need(Part::graph); });
}

LAMINA_EXPORT int cudnnOpsVersionCheck() {
    return entry(__func__, [] { need(Part::ops); });
}

LAMINA_EXPORT int cudnnCnnVersionCheck() {
    return entry(__func__, [] { need(Part::cnn); });
}
