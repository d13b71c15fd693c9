// Emulated cuDNN without one of its sub-libraries: a second libcudnn.so.9 is loaded from a folder of links in which it is missing.
#include "cudnn.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

using namespace lamina::test;

namespace {

/// A folder with links to the emulator's libraries and the libcudnn.so.9 of it in a name space of its own.
class Installation {
public:
    Installation() {
        Dl_info info;
        EXPECT(dladdr(reinterpret_cast<void*>(&cudnnCreate), &info) != 0);
        origin_ = info.dli_fname;
        origin_.resize(origin_.rfind('/') + 1);
        char name[] = "/tmp/lamina-cudnn-XXXXXX";
        EXPECT(mkdtemp(name) != nullptr);
        folder_ = name;
        for (const char* file : {"libcuda.so.1", "libcudnn.so.9", "libcudnn_graph.so.9"}) link(file, file);
        library_ = dlmopen(LM_ID_NEWLM, (folder_ + "/libcudnn.so.9").c_str(), RTLD_NOW);
        EXPECT(library_ != nullptr);
    }
    ~Installation() {
        dlclose(library_);
        for (const std::string& file : links_) unlink(file.c_str());
        rmdir(folder_.c_str());
    }
    Installation(const Installation&) = delete;

    void link(const char* from, const char* to) {
        links_.push_back(folder_ + "/" + to);
        EXPECT_EQUAL(symlink((origin_ + from).c_str(), links_.back().c_str()), 0);
    }

    int create(const char* function) {
        void* object = nullptr;
        return reinterpret_cast<int (*)(void**)>(dlsym(library_, function))(&object);
    }

private:
    std::string origin_;
    std::string folder_;
    std::vector<std::string> links_;
    void* library_ = nullptr;
};

}

TEST(cudnn_parts_are_missed_when_first_used) {
    Installation cudnn;
    EXPECT_EQUAL(cudnn.create("cudnnCreateTensorDescriptor"), 0);
    EXPECT_EQUAL(cudnn.create("cudnnCreateConvolutionDescriptor"), 1008);
    EXPECT_EQUAL(cudnn.create("cudnnCreatePoolingDescriptor"), 1008);
    // Once it is there, the next call finds it.
    cudnn.link("libcudnn_cnn.so.9", "libcudnn_cnn.so.9");
    EXPECT_EQUAL(cudnn.create("cudnnCreateConvolutionDescriptor"), 0);
}

TEST(cudnn_parts_of_another_version_are_refused) {
    Installation cudnn;
    cudnn.link("libcuda.so.1", "libcudnn_cnn.so.9");
    EXPECT_EQUAL(cudnn.create("cudnnCreateConvolutionDescriptor"), 1002);
}
