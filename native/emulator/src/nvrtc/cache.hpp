// Shared objects that were compiled before, by the hash of what they were made from.
//   LAMINA_EMULATOR_CACHE   its folder; otherwise lamina/emulator under XDG_CACHE_HOME or ~/.cache
#pragma once

#include <string>

namespace lamina::emulator {

class Cache {
public:
    Cache();

    /// Where it is; empty if there is none to be had, or if others than the owner may write there.
    const std::string& folder() const { return folder_; }

    /// The object kept under a key, or empty. A damaged one is as good as none.
    std::string find(const std::string& key) const;

    /// Keeps an object; several processes may do so at a time. Failure is no error: it is compiled again.
    void keep(const std::string& key, const std::string& object) const;

private:
    std::string folder_;
};

/// 32 hexadecimal digits for any text.
std::string digest(const std::string& text);

}
