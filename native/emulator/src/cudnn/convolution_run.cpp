// Exports that run convolutions and their gradients.
#include "activation.hpp"
#include "convolution.hpp"

#include <cmath>

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

namespace {

/// Tensor-core kernels read 16 bytes at a time, and all kernels for NHWC are of that kind.
Range operand(const Geometry& g, const Tensor& tensor, const void* data, bool written, const char* argument) {
    Range range = dnn::range(tensor, data, written, argument);
    bool aligned = g.filter_format != nhwc || math::is_aligned(data, 16);
    require(aligned, misaligned_pointer, std::string(argument) + " is not aligned to 16 bytes, as NHWC convolutions need it");
    return range;
}

}

LAMINA_EXPORT int cudnnConvolutionForward(Handle* handle, const void* alpha, const Tensor* x_desc, const void* x, const Filter* w_desc,
        const void* w, const Convolution* convolution, int algo, void* space, std::size_t space_bytes, const void* beta,
        const Tensor* y_desc, void* y) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::cnn);
        need(Part::engines);
        Geometry g = geometry(x_desc, w_desc, convolution, y_desc, forward_names);
        Algorithm how = algorithm(Direction::forward, algo, g);
        Scaling scaling{scalar(g.x, alpha, "alpha"), scalar(g.x, beta, "beta")};
        std::vector<Range> ranges{operand(g, g.x, x, false, "x"), operand(g, g.w, w, false, "w"), operand(g, g.y, y, true, "y"),
                workspace(space, space_bytes, how.workspace)};
        queue(live, "cudnnConvolutionForward", ranges, [=] {
            scribble(space, space_bytes);
            forward(g, rounding(g, how), scaling, x, w, y);
        });
    });
}

LAMINA_EXPORT int cudnnConvolutionBackwardData(Handle* handle, const void* alpha, const Filter* w_desc, const void* w,
        const Tensor* dy_desc, const void* dy, const Convolution* convolution, int algo, void* space, std::size_t space_bytes,
        const void* beta, const Tensor* dx_desc, void* dx) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::cnn);
        need(Part::engines);
        Geometry g = geometry(dx_desc, w_desc, convolution, dy_desc, data_names);
        Algorithm how = algorithm(Direction::backward_data, algo, g);
        Scaling scaling{scalar(g.x, alpha, "alpha"), scalar(g.x, beta, "beta")};
        std::vector<Range> ranges{operand(g, g.w, w, false, "w"), operand(g, g.y, dy, false, "dy"), operand(g, g.x, dx, true, "dx"),
                workspace(space, space_bytes, how.workspace)};
        queue(live, "cudnnConvolutionBackwardData", ranges, [=] {
            scribble(space, space_bytes);
            backward_data(g, rounding(g, how), scaling, w, dy, dx);
        });
    });
}

LAMINA_EXPORT int cudnnConvolutionBackwardFilter(Handle* handle, const void* alpha, const Tensor* x_desc, const void* x,
        const Tensor* dy_desc, const void* dy, const Convolution* convolution, int algo, void* space, std::size_t space_bytes,
        const void* beta, const Filter* dw_desc, void* dw) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::cnn);
        need(Part::engines);
        Geometry g = geometry(x_desc, dw_desc, convolution, dy_desc, filter_names);
        Algorithm how = algorithm(Direction::backward_filter, algo, g);
        Scaling scaling{scalar(g.x, alpha, "alpha"), scalar(g.x, beta, "beta")};
        std::vector<Range> ranges{operand(g, g.x, x, false, "x"), operand(g, g.y, dy, false, "dy"), operand(g, g.w, dw, true, "dw"),
                workspace(space, space_bytes, how.workspace)};
        queue(live, "cudnnConvolutionBackwardFilter", ranges, [=] {
            scribble(space, space_bytes);
            backward_filter(g, rounding(g, how), scaling, x, dy, dw);
        });
    });
}

/// y = activation(alpha1 * convolution + alpha2 * z + bias); z may be y.
LAMINA_EXPORT int cudnnConvolutionBiasActivationForward(Handle* handle, const void* alpha1, const Tensor* x_desc, const void* x,
        const Filter* w_desc, const void* w, const Convolution* convolution, int algo, void* space, std::size_t space_bytes,
        const void* alpha2, const Tensor* z_desc, const void* z, const Tensor* bias_desc, const void* bias, const Activation* activation,
        const Tensor* y_desc, void* y) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::cnn);
        need(Part::engines);
        Geometry g = geometry(x_desc, w_desc, convolution, y_desc, forward_names);
        Algorithm how = algorithm(Direction::forward, algo, g);
        Tensor added = checked(z_desc, "zDesc");
        Tensor shift = checked(bias_desc, "biasDesc");
        Activation act = checked(activation);
        require(same_strides(added, g.y) && added.data_type == g.y.data_type, bad_param, "zDesc is " + describe(added) + ", yDesc "
                + describe(g.y) + "; they must be the same");
        bool vector = shift.rank == 4 && shift.dims[0] == 1 && shift.dims[1] == g.y.dims[1] && shift.dims[2] * shift.dims[3] == 1;
        require(vector && shift.data_type == g.y.data_type, bad_param, "biasDesc is " + describe(shift)
                + ", not one number of yDesc's type for each of " + text(g.y.dims[1]) + " output channels");
        require(act.mode == activation_relu || act.mode == activation_identity, not_supported, "the activation must be RELU or IDENTITY");
        require(act.mode == activation_relu || algo == 1, not_supported, "IDENTITY goes with IMPLICIT_PRECOMP_GEMM only");
        double alpha = scalar(g.x, alpha1, "alpha1");
        double share = scalar(g.x, alpha2, "alpha2");
        std::vector<Range> ranges{operand(g, g.x, x, false, "x"), operand(g, g.w, w, false, "w"), operand(g, shift, bias, false, "bias"),
                workspace(space, space_bytes, how.workspace)};
        // As on the device, z must be a valid pointer even where alpha2 is 0.
        for (const Range& range : in_place(added, operand(g, added, z, false, "z"), g.y, operand(g, g.y, y, true, "y"))) {
            ranges.push_back(range);
        }
        queue(live, "cudnnConvolutionBiasActivationForward", ranges, [=] {
            scribble(space, space_bytes);
            forward_sums(g, rounding(g, how), x, w, [&](int image, int k, int first, const double* sums, int count) {
                double constant = math::load(g.type, bias, static_cast<long long>(k) * (g.y.dims[1] == 1 ? 0 : shift.strides[1]));
                for (int i = 0; i < count; i++) {
                    const int index[] = {image, k, (first + i) / g.y.dims[3], (first + i) % g.y.dims[3]};
                    long long at = offset(g.y, index);
                    double value = alpha * sums[i] + constant + (share == 0 ? 0 : share * math::load(g.type, z, at));
                    math::store(g.type, y, at, activate(act, value));
                }
            });
        });
    });
}

LAMINA_EXPORT int cudnnConvolutionBackwardBias(Handle* handle, const void* alpha, const Tensor* dy_desc, const void* dy, const void* beta,
        const Tensor* db_desc, void* db) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::cnn);
        Tensor dy_tensor = checked(dy_desc, "dyDesc");
        Tensor db_tensor = checked(db_desc, "dbDesc");
        require(dy_tensor.data_type == db_tensor.data_type, bad_param, "dyDesc and dbDesc have different data types");
        require(dy_tensor.rank == db_tensor.rank && db_tensor.dims[1] == dy_tensor.dims[1] && count(db_tensor) == dy_tensor.dims[1],
                bad_param, "dbDesc is " + describe(db_tensor) + ", not one number for each channel of " + describe(dy_tensor));
        double scale = scalar(dy_tensor, alpha, "alpha");
        double keep = scalar(dy_tensor, beta, "beta");
        math::Type type = type_of(dy_tensor, "dyDesc");
        std::vector<Range> ranges{dnn::range(dy_tensor, dy, false, "dy"), dnn::range(db_tensor, db, true, "db")};
        queue(live, "cudnnConvolutionBackwardBias", ranges, [=] {
            std::vector<double> sums(dy_tensor.dims[1]);
            for_each(dy_tensor, [&](const int* index) { sums[index[1]] += math::load(type, dy, offset(dy_tensor, index)); });
            for (int k = 0; k < dy_tensor.dims[1]; k++) {
                math::blend(type, db, k == 0 ? 0 : static_cast<long long>(k) * db_tensor.strides[1], scale, sums[k], keep);
            }
        });
    });
}
