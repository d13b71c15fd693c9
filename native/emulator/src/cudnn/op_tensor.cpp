// Element-wise operations on two tensors: OpTensor and AddTensor.
#include "tensor.hpp"

#include <algorithm>
#include <cmath>

namespace lamina::emulator::dnn {

namespace {

/// Numbers of cudnnOpTensorOp_t.
enum { op_add = 0, op_multiply = 1, op_minimum = 2, op_maximum = 3, op_root = 4, op_not = 5 };

/// What an op tensor descriptor holds; `op` -1: never set.
struct OpTensor {
    int op = -1;
    int compute_type = data_float;
    int nan_option = 0;
};

math::Registry<OpTensor>& operations() {
    static auto* registry = new math::Registry<OpTensor>("cudnnOpTensorDescriptor");
    return *registry;
}

OpTensor& live(OpTensor* descriptor) {
    require(descriptor != nullptr, null_pointer, "opTensorDesc is null");
    require(operations().is_live(descriptor), bad_param, "opTensorDesc is destroyed or not an op tensor descriptor");
    return *descriptor;
}

bool is_unary(const OpTensor& operation) {
    return operation.op == op_root || operation.op == op_not;
}

/// The smaller or larger of two; a NaN wins or loses as the descriptor says.
double choose(const OpTensor& operation, double a, double b) {
    if (a != a || b != b) {
        bool keep = operation.nan_option == 1;
        return (a != a) == keep ? a : b;
    }
    return operation.op == op_minimum ? std::min(a, b) : std::max(a, b);
}

double apply(const OpTensor& operation, double a, double b) {
    switch (operation.op) {
    case op_add: return a + b;
    case op_multiply: return a * b;
    case op_root: return std::sqrt(a);
    case op_not: return 1 - a;
    default: return choose(operation, a, b);
    }
}

/// Every dimension must be the result's, or 1 where that is allowed.
void require_fits(const Tensor& part, const Tensor& whole, const char* argument) {
    bool fits = part.rank == whole.rank;
    for (int d = 0; fits && d < whole.rank; d++) fits = part.dims[d] == whole.dims[d] || part.dims[d] == 1;
    require(fits, bad_param, std::string(argument) + " is " + describe(part) + "; each dimension must be 1 or that of " + describe(whole));
    require(part.data_type == whole.data_type, not_supported_data_type, std::string(argument)
            + " and the result have different data types");
    require(whole.rank <= 5, not_supported_shape, "tensors of more than 5 dimensions");
}

}

}

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

LAMINA_EXPORT int cudnnCreateOpTensorDescriptor(OpTensor** descriptor) {
    return entry(__func__, [&] {
        require(descriptor != nullptr, null_pointer, "opTensorDesc is null");
        need(Part::ops);
        *descriptor = operations().create();
    });
}

LAMINA_EXPORT int cudnnDestroyOpTensorDescriptor(OpTensor* descriptor) {
    return entry(__func__, [&] {
        if (descriptor == nullptr) return;
        require(operations().destroy(descriptor), bad_param, "opTensorDesc is destroyed already or not an op tensor descriptor");
    });
}

LAMINA_EXPORT int cudnnSetOpTensorDescriptor(OpTensor* descriptor, int op, int compute_type, int nan_option) {
    return entry(__func__, [&] {
        require_enum(op, op_not, "opTensorOp");
        require_enum(nan_option, 1, "opTensorNanOpt");
        require(compute_type == data_float || compute_type == data_double, bad_param, "opTensorCompType is " + text(compute_type));
        live(descriptor) = {op, compute_type, nan_option};
    });
}

LAMINA_EXPORT int cudnnGetOpTensorDescriptor(OpTensor* descriptor, int* op, int* compute_type, int* nan_option) {
    return entry(__func__, [&] {
        OpTensor operation = live(descriptor);
        if (op != nullptr) *op = operation.op;
        if (compute_type != nullptr) *compute_type = operation.compute_type;
        if (nan_option != nullptr) *nan_option = operation.nan_option;
    });
}

/// C = op(alpha1 A, alpha2 B) + beta C; dimensions of B may be 1. SQRT and NOT take A alone.
LAMINA_EXPORT int cudnnOpTensor(Handle* handle, OpTensor* descriptor, const void* alpha1, const Tensor* a_desc, const void* a,
        const void* alpha2, const Tensor* b_desc, const void* b, const void* beta, const Tensor* c_desc, void* c) {
    return entry(__func__, [&] {
        Handle& owner = checked(handle);
        need(Part::ops);
        OpTensor operation = live(descriptor);
        require(operation.op >= 0, bad_param, "opTensorDesc was created but never set");
        bool unary = is_unary(operation);
        Tensor ta = checked(a_desc, "aDesc");
        Tensor tc = checked(c_desc, "cDesc");
        Tensor tb = unary ? ta : checked(b_desc, "bDesc");
        require(same_dims(ta, tc), bad_param, "aDesc is " + describe(ta) + ", cDesc " + describe(tc) + "; they must have one size");
        require_fits(ta, tc, "aDesc");
        require_fits(tb, tc, "bDesc");
        math::Type type = type_of(tc, "cDesc");
        bool fits = operation.compute_type == (type == math::Type::float64 ? data_double : data_float);
        require(fits, not_supported_data_type, "opTensorCompType does not fit the tensors");
        double first = scalar(ta, alpha1, "alpha1");
        double second = unary ? 0 : scalar(ta, alpha2, "alpha2");
        double keep = scalar(tc, beta, "beta");
        std::vector<Range> ranges = in_place(ta, range(ta, a, false, "A"), tc, range(tc, c, true, "C"));
        if (!unary && !(b == c && same_strides(tb, tc))) ranges.push_back(range(tb, b, false, "B"));
        queue(owner, "cudnnOpTensor", ranges, [=] {
            for_each(tc, [&](const int* i) {
                double left = first * math::load(type, a, offset(ta, i));
                double right = unary ? 0 : second * math::load(type, b, offset(tb, i));
                math::blend(type, c, offset(tc, i), 1, apply(operation, left, right), keep);
            });
        });
    });
}

/// C = alpha A + beta C; dimensions of A may be 1.
LAMINA_EXPORT int cudnnAddTensor(Handle* handle, const void* alpha, const Tensor* a_desc, const void* a, const void* beta,
        const Tensor* c_desc, void* c) {
    return entry(__func__, [&] {
        Handle& owner = checked(handle);
        need(Part::ops);
        Tensor ta = checked(a_desc, "aDesc");
        Tensor tc = checked(c_desc, "cDesc");
        require_fits(ta, tc, "aDesc");
        math::Type type = type_of(tc, "cDesc");
        double scale = scalar(ta, alpha, "alpha");
        double keep = scalar(tc, beta, "beta");
        queue(owner, "cudnnAddTensor", {range(ta, a, false, "A"), range(tc, c, true, "C")}, [=] {
            for_each(tc, [&](const int* i) {
                math::blend(type, c, offset(tc, i), scale, math::load(type, a, offset(ta, i)), keep);
            });
        });
    });
}
