// Exports that run batch normalisation: training, inference and gradient.
#include "batch_norm.hpp"

#include "../math/parallel.hpp"

#include <algorithm>
#include <cmath>

using namespace lamina::emulator;
using namespace lamina::emulator::dnn;

namespace {

struct Statistics {
    double mean;
    /// Of the batch as it is (biased).
    double variance;
};

Statistics statistics(const BatchNorm& norm, const void* x, const std::vector<long long>& offsets) {
    double sum = 0;
    for (long long i : offsets) sum += math::load(norm.type, x, i);
    double mean = sum / offsets.size();
    double squares = 0;
    for (long long i : offsets) {
        double centred = math::load(norm.type, x, i) - mean;
        squares += centred * centred;
    }
    return {mean, squares / offsets.size()};
}

/// Calls body(group) for all parameters, on two threads if there is much to do.
template <class Body>
void for_groups(const BatchNorm& norm, const Body& body) {
    math::in_halves(norm.groups(), 20.0 * count(norm.x), [&](int, long long from, long long to) {
        for (long long g = from; g < to; g++) body(static_cast<int>(g));
    });
}

double value(const BatchNorm& norm, const void* parameters, int g) {
    return math::load(norm.parameter_type, parameters, g);
}

void normalise(const BatchNorm& norm, int g, double mean, double inverse, const void* scale, const void* bias, double alpha, double beta,
        const void* x, void* y) {
    std::vector<long long> from;
    std::vector<long long> to;
    group_offsets(norm, norm.x, g, from);
    group_offsets(norm, norm.y, g, to);
    double factor = value(norm, scale, g);
    double shift = value(norm, bias, g);
    for (std::size_t i = 0; i < from.size(); i++) {
        double centred = math::load(norm.type, x, from[i]) - mean;
        math::blend(norm.type, y, to[i], alpha, factor * (centred * inverse) + shift, beta);
    }
}

/// running = (1 - factor) * running + factor * now; with factor 1 the old value is not read.
void average(const BatchNorm& norm, void* running, int g, double now, double factor) {
    math::blend(norm.parameter_type, running, g, factor, now, 1 - factor);
}

}

LAMINA_EXPORT int cudnnBatchNormalizationForwardTraining(Handle* handle, int mode, const void* alpha, const void* beta, const Tensor* x_desc,
        const void* x, const Tensor* y_desc, void* y, const Tensor* parameter_desc, const void* scale, const void* bias, double factor,
        void* running_mean, void* running_variance, double epsilon, void* saved_mean, void* saved_inverse) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        BatchNorm norm = batch_norm(mode, checked(x_desc, "xDesc"), checked(y_desc, "yDesc"), checked(parameter_desc, "bnScaleBiasMeanVarDesc"),
                epsilon);
        double a = scalar(norm.x, alpha, "alpha");
        double b = scalar(norm.x, beta, "beta");
        require((running_mean == nullptr) == (running_variance == nullptr), bad_param, "running mean and variance go together: one is null");
        require((saved_mean == nullptr) == (saved_inverse == nullptr), bad_param, "saved mean and inverse variance go together: one is null");
        require(factor >= 0 && factor <= 1, bad_param, "exponentialAverageFactor is " + std::to_string(factor));
        std::vector<Range> ranges = in_place(norm.x, range(norm.x, x, false, "x"), norm.y, range(norm.y, y, true, "y"));
        ranges.push_back(parameter_range(norm, scale, false, "bnScale"));
        ranges.push_back(parameter_range(norm, bias, false, "bnBias"));
        if (running_mean != nullptr) {
            ranges.push_back(parameter_range(norm, running_mean, true, "resultRunningMean"));
            ranges.push_back(parameter_range(norm, running_variance, true, "resultRunningVariance"));
        }
        if (saved_mean != nullptr) {
            ranges.push_back(parameter_range(norm, saved_mean, true, "resultSaveMean"));
            ranges.push_back(parameter_range(norm, saved_inverse, true, "resultSaveInvVariance"));
        }
        queue(live, "cudnnBatchNormalizationForwardTraining", ranges, [=] {
            for_groups(norm, [&](int g) {
                std::vector<long long> offsets;
                group_offsets(norm, norm.x, g, offsets);
                Statistics found = statistics(norm, x, offsets);
                double inverse = 1 / std::sqrt(found.variance + norm.epsilon);
                normalise(norm, g, found.mean, inverse, scale, bias, a, b, x, y);
                if (running_mean != nullptr) {
                    double members = static_cast<double>(norm.members());
                    average(norm, running_mean, g, found.mean, factor);
                    average(norm, running_variance, g, found.variance * (members > 1 ? members / (members - 1) : 1), factor);
                }
                if (saved_mean != nullptr) {
                    math::store(norm.parameter_type, saved_mean, g, found.mean);
                    math::store(norm.parameter_type, saved_inverse, g, inverse);
                }
            });
        });
    });
}

LAMINA_EXPORT int cudnnBatchNormalizationForwardInference(Handle* handle, int mode, const void* alpha, const void* beta, const Tensor* x_desc,
        const void* x, const Tensor* y_desc, void* y, const Tensor* parameter_desc, const void* scale, const void* bias, const void* mean,
        const void* variance, double epsilon) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        BatchNorm norm = batch_norm(mode, checked(x_desc, "xDesc"), checked(y_desc, "yDesc"), checked(parameter_desc, "bnScaleBiasMeanVarDesc"),
                epsilon);
        double a = scalar(norm.x, alpha, "alpha");
        double b = scalar(norm.x, beta, "beta");
        std::vector<Range> ranges = in_place(norm.x, range(norm.x, x, false, "x"), norm.y, range(norm.y, y, true, "y"));
        ranges.push_back(parameter_range(norm, scale, false, "bnScale"));
        ranges.push_back(parameter_range(norm, bias, false, "bnBias"));
        ranges.push_back(parameter_range(norm, mean, false, "estimatedMean"));
        ranges.push_back(parameter_range(norm, variance, false, "estimatedVariance"));
        queue(live, "cudnnBatchNormalizationForwardInference", ranges, [=] {
            for_groups(norm, [&](int g) {
                double inverse = 1 / std::sqrt(value(norm, variance, g) + norm.epsilon);
                normalise(norm, g, value(norm, mean, g), inverse, scale, bias, a, b, x, y);
            });
        });
    });
}

LAMINA_EXPORT int cudnnBatchNormalizationBackward(Handle* handle, int mode, const void* alpha_data, const void* beta_data,
        const void* alpha_parameter, const void* beta_parameter, const Tensor* x_desc, const void* x, const Tensor* dy_desc, const void* dy,
        const Tensor* dx_desc, void* dx, const Tensor* parameter_desc, const void* scale, void* dscale, void* dbias, double epsilon,
        const void* saved_mean, const void* saved_inverse) {
    return entry(__func__, [&] {
        Handle& live = checked(handle);
        need(Part::ops);
        Tensor tdx = checked(dx_desc, "dxDesc");
        BatchNorm norm = batch_norm(mode, checked(x_desc, "xDesc"), checked(dy_desc, "dyDesc"), checked(parameter_desc, "dBnScaleBiasDesc"),
                epsilon);
        batch_norm(mode, norm.x, tdx, norm.parameters, epsilon);
        double a = scalar(norm.x, alpha_data, "alphaDataDiff");
        double b = scalar(norm.x, beta_data, "betaDataDiff");
        double c = scalar(norm.x, alpha_parameter, "alphaParamDiff");
        double d = scalar(norm.x, beta_parameter, "betaParamDiff");
        require((saved_mean == nullptr) == (saved_inverse == nullptr), bad_param, "saved mean and inverse variance go together: one is null");
        require(mode != batch_norm_spatial_persistent || saved_mean != nullptr, bad_param, "SPATIAL_PERSISTENT needs saved mean and variance");
        std::vector<Range> ranges = in_place(norm.y, range(norm.y, dy, false, "dy"), tdx, range(tdx, dx, true, "dx"));
        ranges.push_back(range(norm.x, x, false, "x"));
        ranges.push_back(parameter_range(norm, scale, false, "bnScale"));
        ranges.push_back(parameter_range(norm, dscale, true, "dBnScaleResult"));
        ranges.push_back(parameter_range(norm, dbias, true, "dBnBiasResult"));
        if (saved_mean != nullptr) {
            ranges.push_back(parameter_range(norm, saved_mean, false, "savedMean"));
            ranges.push_back(parameter_range(norm, saved_inverse, false, "savedInvVariance"));
        }
        queue(live, "cudnnBatchNormalizationBackward", ranges, [=] {
            for_groups(norm, [&](int g) {
                std::vector<long long> at_x;
                std::vector<long long> at_dy;
                std::vector<long long> at_dx;
                group_offsets(norm, norm.x, g, at_x);
                group_offsets(norm, norm.y, g, at_dy);
                group_offsets(norm, tdx, g, at_dx);
                Statistics found = saved_mean == nullptr ? statistics(norm, x, at_x) : Statistics{value(norm, saved_mean, g), 0};
                double inverse = saved_mean == nullptr ? 1 / std::sqrt(found.variance + norm.epsilon) : value(norm, saved_inverse, g);
                double sum = 0;
                double product = 0;
                for (std::size_t i = 0; i < at_x.size(); i++) {
                    double gradient = math::load(norm.type, dy, at_dy[i]);
                    sum += gradient;
                    product += gradient * (math::load(norm.type, x, at_x[i]) - found.mean) * inverse;
                }
                double members = static_cast<double>(at_x.size());
                double factor = value(norm, scale, g) * inverse;
                for (std::size_t i = 0; i < at_x.size(); i++) {
                    double centred = (math::load(norm.type, x, at_x[i]) - found.mean) * inverse;
                    double result = factor * (math::load(norm.type, dy, at_dy[i]) - sum / members - centred * product / members);
                    math::blend(norm.type, dx, at_dx[i], a, result, b);
                }
                math::blend(norm.parameter_type, dscale, g, c, product, d);
                math::blend(norm.parameter_type, dbias, g, c, sum, d);
            });
        });
    });
}
