#include "cache.hpp"

#include "process.hpp"
#include "image.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace lamina::emulator {
namespace {

std::string setting(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string wanted_folder() {
    std::string own = setting("LAMINA_EMULATOR_CACHE");
    if (!own.empty()) {
        return own;
    }
    std::string shared = setting("XDG_CACHE_HOME");
    std::string home = setting("HOME");
    return !shared.empty() ? shared + "/lamina/emulator" : !home.empty() ? home + "/.cache/lamina/emulator" : "";
}

/// Code is run from here: nobody else may put any there.
bool is_private(const std::string& folder) {
    struct stat facts;
    return stat(folder.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) && facts.st_uid == geteuid() && (facts.st_mode & 022) == 0;
}

}

Cache::Cache() : folder_(wanted_folder()) {
    std::error_code ignored;
    if (!folder_.empty() && !std::filesystem::exists(folder_, ignored)) {
        std::filesystem::create_directories(std::filesystem::path(folder_).parent_path(), ignored);
        mkdir(folder_.c_str(), 0700);
    }
    if (!is_private(folder_)) {
        folder_.clear();
    }
}

std::string Cache::find(const std::string& key) const {
    if (folder_.empty()) {
        return "";
    }
    // An object is kept as an image: its header tells damage.
    std::string image = read_file(folder_ + "/" + key);
    ImageHeader header;
    if (image.size() < sizeof header) {
        return "";
    }
    std::memcpy(&header, image.data(), sizeof header);
    std::string object = image.substr(sizeof header);
    bool whole = header.bytes == object.size() && header.checksum == image_checksum(object.data(), object.size());
    return whole ? object : "";
}

void Cache::keep(const std::string& key, const std::string& object) const {
    if (folder_.empty()) {
        return;
    }
    std::string file = folder_ + "/" + key;
    std::string part = file + "." + std::to_string(getpid()) + "." + std::to_string(reinterpret_cast<std::uintptr_t>(&object));
    if (!write_file(part, make_image(object, 0, false)) || std::rename(part.c_str(), file.c_str()) != 0) {
        std::remove(part.c_str());
    }
}

std::string digest(const std::string& text) {
    std::uint64_t first = 0xcbf29ce484222325u;
    std::uint64_t second = 0x9e3779b97f4a7c15u;
    for (unsigned char c : text) {
        first = (first ^ c) * 0x100000001b3u;
        second = (second + c) * 0xff51afd7ed558ccdu;
        second ^= second >> 29;
    }
    char out[33];
    std::snprintf(out, sizeof out, "%016llx%016llx", static_cast<unsigned long long>(first), static_cast<unsigned long long>(second));
    return out;
}

}
