// Emulated cuDNN: operations on whole tensors.
#include "cudnn.hpp"

extern "C" {
int cudnnCreateOpTensorDescriptor(void**);
int cudnnDestroyOpTensorDescriptor(void*);
int cudnnSetOpTensorDescriptor(void*, int, int, int);
int cudnnOpTensor(void*, void*, const void*, void*, const void*, const void*, void*, const void*, const void*, void*, void*);
int cudnnAddTensor(void*, const void*, void*, const void*, const void*, void*, void*);
int cudnnTransformTensor(void*, const void*, void*, const void*, const void*, void*, void*);
int cudnnSetTensor(void*, void*, void*, const void*);
int cudnnScaleTensor(void*, void*, void*, const void*);
int cudnnCreateReduceTensorDescriptor(void**);
int cudnnDestroyReduceTensorDescriptor(void*);
int cudnnSetReduceTensorDescriptor(void*, int, int, int, int, int);
int cudnnGetReductionWorkspaceSize(void*, void*, void*, void*, std::size_t*);
int cudnnGetReductionIndicesSize(void*, void*, void*, void*, std::size_t*);
int cudnnReduceTensor(void*, void*, void*, std::size_t, void*, std::size_t, const void*, void*, const void*, const void*, void*, void*);
}

using namespace lamina::test;

namespace {

using OpTensor = Descriptor<cudnnCreateOpTensorDescriptor, cudnnDestroyOpTensorDescriptor>;
using Reduction = Descriptor<cudnnCreateReduceTensorDescriptor, cudnnDestroyReduceTensorDescriptor>;

}

// A = (4, 9; 16, 25), B = (1; 10) for the two channels, halves of A and doubles of B.
TEST(cudnn_op_tensor_combines_with_repetition) {
    Dnn dnn;
    OpTensor op;
    Tensor a(1, 2, 1, 2), b(1, 2, 1, 1);
    Buffer<float> x(std::vector<float>{4, 9, 16, 25}), y(std::vector<float>{1, 10}), z(4);
    float half = 0.5f, two = 2;
    auto run = [&](int mode) {
        EXPECT_EQUAL(cudnnSetOpTensorDescriptor(op.get(), mode, type_float, 0), 0);
        EXPECT_EQUAL(cudnnOpTensor(dnn.handle, op.get(), &half, a.get(), x.get(), &two, b.get(), y.get(), &zero, a.get(), z.get()), 0);
        return z.read(dnn.stream);
    };
    EXPECT_NEAR(run(0), (std::vector<double>{4, 6.5, 28, 32.5}), 0);
    EXPECT_NEAR(run(1), (std::vector<double>{4, 9, 160, 250}), 0);
    EXPECT_NEAR(run(2), (std::vector<double>{2, 2, 8, 12.5}), 0);
    EXPECT_NEAR(run(3), (std::vector<double>{2, 4.5, 20, 20}), 0);
    EXPECT_NEAR(run(5), (std::vector<double>{-1, -3.5, -7, -11.5}), 0);
    half = 1;
    EXPECT_NEAR(run(4), (std::vector<double>{2, 3, 4, 5}), 0);
}

TEST(cudnn_op_tensor_refuses_what_does_not_fit) {
    Dnn dnn;
    OpTensor op;
    Tensor a(1, 2, 1, 2), b(1, 3, 1, 1);
    Buffer<float> x(4), y(4), z(4);
    auto run = [&] { return cudnnOpTensor(dnn.handle, op.get(), &one, a.get(), x.get(), &one, b.get(), y.get(), &zero, a.get(), z.get()); };
    EXPECT_EQUAL(run(), bad_param);
    EXPECT_EQUAL(cudnnSetOpTensorDescriptor(op.get(), 0, type_float, 0), 0);
    EXPECT_EQUAL(run(), bad_param);
    EXPECT(explained("bDesc is 1x3x1x1"));
}

TEST(cudnn_add_tensor_adds_a_bias_to_what_is_there) {
    Dnn dnn;
    Tensor a(1, 2, 1, 1), c(2, 2, 1, 1);
    Buffer<float> x(std::vector<float>{1, 2}), y(std::vector<float>{10, 20, 30, 40});
    float two = 2;
    EXPECT_EQUAL(cudnnAddTensor(dnn.handle, &two, a.get(), x.get(), &one, c.get(), y.get()), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{12, 24, 32, 44}), 0);
}

TEST(cudnn_transform_tensor_changes_the_layout) {
    Dnn dnn;
    Tensor first(1, 2, 1, 3), last(1, 2, 1, 3, type_float, nhwc);
    Buffer<float> x(std::vector<float>{1, 2, 3, 4, 5, 6}), y(6);
    EXPECT_EQUAL(cudnnTransformTensor(dnn.handle, &one, first.get(), x.get(), &zero, last.get(), y.get()), 0);
    EXPECT_NEAR(y.read(dnn.stream), (std::vector<double>{1, 4, 2, 5, 3, 6}), 0);
    EXPECT_EQUAL(cudnnTransformTensor(dnn.handle, &one, first.get(), x.get(), &zero, last.get(), x.get()), bad_param);
}

TEST(cudnn_set_and_scale_tensor_leave_gaps_alone) {
    Dnn dnn;
    Tensor t(1, 1, 2, 1);
    EXPECT_EQUAL(cudnnSetTensor4dDescriptorEx(t.get(), type_float, 1, 1, 2, 1, 4, 4, 2, 1), 0);
    Buffer<float> x(std::vector<float>{0, 7, 0, 7});
    float three = 3;
    EXPECT_EQUAL(cudnnSetTensor(dnn.handle, t.get(), x.get(), &three), 0);
    EXPECT_EQUAL(cudnnScaleTensor(dnn.handle, t.get(), x.get(), &three), 0);
    EXPECT_NEAR(x.read(dnn.stream), (std::vector<double>{9, 7, 9, 7}), 0);
}

// Rows (3, -4, 0) and (1, 2, 5).
TEST(cudnn_reductions) {
    Dnn dnn;
    Reduction reduction;
    Tensor a(1, 2, 1, 3), c(1, 2, 1, 1);
    Buffer<float> x(std::vector<float>{3, -4, 0, 1, 2, 5}), y(2), space(1024);
    auto run = [&](int op) {
        EXPECT_EQUAL(cudnnSetReduceTensorDescriptor(reduction.get(), op, type_float, 0, 0, 0), 0);
        std::size_t bytes = 0;
        EXPECT_EQUAL(cudnnGetReductionWorkspaceSize(dnn.handle, reduction.get(), a.get(), c.get(), &bytes), 0);
        EXPECT(bytes > 0 && bytes <= space.bytes());
        EXPECT_EQUAL(cudnnReduceTensor(dnn.handle, reduction.get(), nullptr, 0, space.get(), bytes - 1, &one, a.get(), x.get(), &zero,
                c.get(), y.get()), size_insufficient);
        EXPECT_EQUAL(cudnnReduceTensor(dnn.handle, reduction.get(), nullptr, 0, space.get(), bytes, &one, a.get(), x.get(), &zero, c.get(),
                y.get()), 0);
        return y.read(dnn.stream);
    };
    const std::vector<double> expected[] = {{-1, 8}, {0, 10}, {-4, 1}, {3, 5}, {4, 5}, {-1 / 3.0, 8 / 3.0}, {7, 8}, {5, std::sqrt(30.0)},
            {-12, 10}};
    for (int op = 0; op < 9; op++) EXPECT_NEAR(run(op), expected[op], 1e-7);
}

TEST(cudnn_reduction_tells_where_the_largest_is) {
    Dnn dnn;
    Reduction reduction;
    Tensor a(1, 2, 1, 3), c(1, 2, 1, 1);
    Buffer<float> x(std::vector<float>{3, -4, 0, 1, 2, 5}), y(2), space(1024);
    Buffer<std::uint32_t> indices(2);
    EXPECT_EQUAL(cudnnSetReduceTensorDescriptor(reduction.get(), 3, type_float, 0, 1, 0), 0);
    std::size_t bytes = 0;
    EXPECT_EQUAL(cudnnGetReductionIndicesSize(dnn.handle, reduction.get(), a.get(), c.get(), &bytes), 0);
    EXPECT_EQUAL(bytes, std::size_t{8});
    EXPECT_EQUAL(cudnnReduceTensor(dnn.handle, reduction.get(), indices.get(), bytes, space.get(), space.bytes(), &one, a.get(), x.get(),
            &zero, c.get(), y.get()), 0);
    EXPECT_NEAR(indices.read(dnn.stream), (std::vector<double>{0, 2}), 0);
}
