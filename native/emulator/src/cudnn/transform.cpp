// One tensor in, the same values out: TransformTensor changes strides, ScaleTensor and SetTensor change values.
#include "tensor.hpp"

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

/// y = alpha x + beta y for tensors of one size and type with any strides.
LAMINA_EXPORT int cudnnTransformTensor(Handle* handle, const void* alpha, const Tensor* x_desc, const void* x, const void* beta,
        const Tensor* y_desc, void* y) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Tensor tx = checked(x_desc, "xDesc");
        Tensor ty = checked(y_desc, "yDesc");
        require(same_dims(tx, ty), bad_param, "xDesc is " + describe(tx) + ", yDesc " + describe(ty) + "; they must have one size");
        require(tx.data_type == ty.data_type, not_supported_data_type, "xDesc and yDesc have different data types");
        math::Type type = type_of(tx, "xDesc");
        double scale = scalar(tx, alpha, "alpha");
        double keep = scalar(ty, beta, "beta");
        queue(live, "cudnnTransformTensor", {range(tx, x, false, "x"), range(ty, y, true, "y")}, [=] {
            for_each(tx, [&](const int* i) {
                math::blend(type, y, offset(ty, i), scale, math::load(type, x, offset(tx, i)), keep);
            });
        });
    });
}

LAMINA_EXPORT int cudnnScaleTensor(Handle* handle, const Tensor* y_desc, void* y, const void* alpha) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Tensor ty = checked(y_desc, "yDesc");
        math::Type type = type_of(ty, "yDesc");
        double scale = scalar(ty, alpha, "alpha");
        queue(live, "cudnnScaleTensor", {range(ty, y, true, "y")}, [=] {
            for_each(ty, [&](const int* i) {
                long long at = offset(ty, i);
                math::store(type, y, at, scale * math::load(type, y, at));
            });
        });
    });
}

/// Unlike alpha and beta, the value has the type of the tensor.
LAMINA_EXPORT int cudnnSetTensor(Handle* handle, const Tensor* y_desc, void* y, const void* value) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Tensor ty = checked(y_desc, "yDesc");
        math::Type type = type_of(ty, "yDesc");
        require(value != nullptr, null_pointer, "valuePtr is null");
        double number = math::load(type, value, 0);
        queue(live, "cudnnSetTensor", {range(ty, y, true, "y")}, [=] {
            for_each(ty, [&](const int* i) { math::store(type, y, offset(ty, i), number); });
        });
    });
}
