// Running the host's compiler, and its folders.
#pragma once

#include <string>
#include <vector>

namespace lamina::emulator {

/// Runs a program; its output and errors go to the file. Returns its exit code, or -1 if it could not be started.
int run_process(const std::vector<std::string>& command, const std::string& log);

/// A folder of one's own that is gone with the object.
class TemporaryFolder {
public:
    /// Makes it inside the given folder, or in the system's temporary folder if that cannot be. path() is empty if neither can.
    explicit TemporaryFolder(const std::string& inside);
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

bool write_file(const std::string& file, const std::string& text);

/// The whole file; empty if it cannot be read.
std::string read_file(const std::string& file);

}
