// Emulated cuBLAS and cuDNN on streams: captured graphs, deferred work, memory that is not theirs.
#include "cudnn.hpp"

struct CUgraph_st;
struct CUgraphExec_st;
extern "C" {
int cuStreamEndCapture(CUstream_st*, CUgraph_st**);
int cuGraphInstantiateWithFlags(CUgraphExec_st**, CUgraph_st*, unsigned long long);
int cuGraphLaunch(CUgraphExec_st*, CUstream_st*);
int cuGraphExecDestroy(CUgraphExec_st*);
int cuGraphDestroy(CUgraph_st*);
long long lamina_emulator_live(const char* kind);
int cublasCreate_v2(void**);
int cublasDestroy_v2(void*);
int cublasSetStream_v2(void*, CUstream_st*);
int cublasSgemm_v2(void*, int, int, int, int, int, const float*, const float*, int, const float*, int, const float*, float*, int);
int cudnnScaleTensor(void*, void*, void*, const void*);
}

using namespace lamina::test;

namespace {

constexpr int capture_thread_local = 1;

/// Records what body queues and launches it the given number of times.
template <class Body>
void replay(const Stream& stream, int launches, const Body& body) {
    CUgraph_st* graph = nullptr;
    CUgraphExec_st* executable = nullptr;
    EXPECT_EQUAL(cuStreamBeginCapture_v2(stream.get(), capture_thread_local), 0);
    body();
    EXPECT_EQUAL(cuStreamEndCapture(stream.get(), &graph), 0);
    EXPECT_EQUAL(cuGraphInstantiateWithFlags(&executable, graph, 0), 0);
    for (int i = 0; i < launches; i++) EXPECT_EQUAL(cuGraphLaunch(executable, stream.get()), 0);
    stream.synchronize();
    EXPECT_EQUAL(cuGraphExecDestroy(executable), 0);
    EXPECT_EQUAL(cuGraphDestroy(graph), 0);
}

}

TEST(capture_bakes_scalars_and_descriptors_in) {
    Dnn dnn;
    Buffer<float> x(std::vector<float>{1, 1});
    float factor = 3;
    replay(dnn.stream, 2, [&] {
        Tensor t(1, 1, 1, 1);
        EXPECT_EQUAL(cudnnScaleTensor(dnn.handle, t.get(), x.get(), &factor), 0);
        factor = 100;
        EXPECT_EQUAL(cudnnSetTensor4dDescriptor(t.get(), nchw, type_float, 1, 1, 1, 2), 0);
    });
    EXPECT_NEAR(x.read(dnn.stream), (std::vector<double>{9, 1}), 0);
}

TEST(capture_records_cublas_products) {
    Stream stream;
    void* blas = nullptr;
    EXPECT_EQUAL(cublasCreate_v2(&blas), 0);
    EXPECT_EQUAL(cublasSetStream_v2(blas, stream.get()), 0);
    Buffer<float> a(std::vector<float>{2}), c(std::vector<float>{1});
    replay(stream, 3, [&] { EXPECT_EQUAL(cublasSgemm_v2(blas, 0, 0, 1, 1, 1, &one, a.get(), 1, a.get(), 1, &one, c.get(), 1), 0); });
    EXPECT_NEAR(c.read(stream), (std::vector<double>{13}), 0);
    EXPECT_EQUAL(cublasDestroy_v2(blas), 0);
}

TEST(capture_forbids_searches_and_new_handles) {
    Dnn dnn;
    Tensor t(1, 1, 1, 1);
    Filter w(1, 1, 1, 1);
    Convolution conv;
    std::vector<Performance> results(8);
    int returned = 0;
    void* handle = nullptr;
    CUgraph_st* graph = nullptr;
    EXPECT_EQUAL(cuStreamBeginCapture_v2(dnn.stream.get(), capture_thread_local), 0);
    EXPECT_EQUAL(cudnnFindConvolutionForwardAlgorithm(dnn.handle, t.get(), w.get(), conv.get(), t.get(), 8, &returned, results.data()),
            5000);
    EXPECT_EQUAL(cudnnCreate(&handle), 4000);
    EXPECT_EQUAL(cublasCreate_v2(&handle), 3);
    EXPECT_EQUAL(cudnnGetConvolutionForwardAlgorithm_v7(dnn.handle, t.get(), w.get(), conv.get(), t.get(), 8, &returned, results.data()),
            0);
    EXPECT_EQUAL(cuStreamEndCapture(dnn.stream.get(), &graph), 0);
    EXPECT_EQUAL(cuGraphDestroy(graph), 0);
}

TEST(memory_that_is_too_short_is_refused) {
    Dnn dnn;
    Tensor t(1, 1, 1, 64);
    Buffer<float> x(63);
    EXPECT_EQUAL(cudnnScaleTensor(dnn.handle, t.get(), x.get(), &one), 5001);
    EXPECT(explained("y"));
    float host[64] = {};
    EXPECT_EQUAL(cudnnScaleTensor(dnn.handle, t.get(), host, &one), 5001);
}

TEST(descriptors_are_counted_while_they_live) {
    long long before = lamina_emulator_live("cudnnTensorDescriptor");
    {
        Tensor t(1, 1, 1, 1);
        EXPECT_EQUAL(lamina_emulator_live("cudnnTensorDescriptor"), before + 1);
    }
    EXPECT_EQUAL(lamina_emulator_live("cudnnTensorDescriptor"), before);
}
