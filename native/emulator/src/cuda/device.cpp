// The emulated machine: its devices, by the environment.
//   LAMINA_EMULATOR_DEVICES   how many (default 1, 0 to 16)
//   LAMINA_EMULATOR_ARCH      compute capability (default 9.0)
//   LAMINA_EMULATOR_MEMORY    bytes of a device, with an optional K, M or G (default 8G)
#include "context.hpp"

#include <cstdlib>

namespace lamina::emulator {
namespace {

bool initialised = false;

const char* setting(const char* name, const char* standard) {
    const char* value = std::getenv(name);
    return value && *value ? value : standard;
}

std::size_t bytes_of(const char* value) {
    char* end;
    std::size_t number = std::strtoull(value, &end, 10);
    switch (*end) {
        case 'K': return number << 10;
        case 'M': return number << 20;
        case 'G': return number << 30;
        default: return number;
    }
}

std::vector<Device*> make_devices() {
    int count = std::atoi(setting("LAMINA_EMULATOR_DEVICES", "1"));
    char* end;
    int major = static_cast<int>(std::strtol(setting("LAMINA_EMULATOR_ARCH", "9.0"), &end, 10));
    int minor = *end == '.' ? std::atoi(end + 1) : 0;
    std::size_t memory = bytes_of(setting("LAMINA_EMULATOR_MEMORY", "8G"));
    std::vector<Device*> all;
    for (int index = 0; index < count && index < 16; index++) {
        all.push_back(new Device{index, major, minor, memory});
    }
    return all;
}

}

const std::vector<Device*>& devices() {
    static auto* all = new std::vector<Device*>(make_devices());
    return *all;
}

void require_initialised() {
    if (!initialised) {
        refuse(not_initialized, "cuInit was not called");
    }
}

Device& device_of(CUdevice ordinal) {
    if (ordinal < 0 || static_cast<std::size_t>(ordinal) >= devices().size()) {
        refuse(invalid_device, "device ", ordinal, " of ", devices().size());
    }
    return *devices()[static_cast<std::size_t>(ordinal)];
}

}

using namespace lamina::emulator;

LAMINA_API CUresult cuInit(unsigned flags) {
    return plain_call("cuInit", [&] {
        if (flags != 0) {
            refuse(invalid_value, "Flags is ", flags, ", expected 0");
        }
        if (devices().empty()) {
            refuse(no_device, "LAMINA_EMULATOR_DEVICES is 0");
        }
        initialised = true;
    });
}
