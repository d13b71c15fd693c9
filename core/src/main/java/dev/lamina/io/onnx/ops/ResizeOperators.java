package dev.lamina.io.onnx.ops;

import static java.util.Map.entry;

import dev.lamina.graph.MatMul;
import dev.lamina.graph.Pointwise;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Resampling: along one axis after the other, a selection of elements or a product with a matrix that is known when the model is read. */
final class ResizeOperators {
    /** From this version on, Resize has a region and sizes; before, scales alone. */
    private static final int REGIONS = 11;
    private static final List<String> TRANSFORMATIONS = List.of("half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners",
            "asymmetric", "tf_half_pixel_for_nn", "tf_crop_and_resize");
    private static final List<String> NEAREST = List.of("round_prefer_floor", "round_prefer_ceil", "floor", "ceil");

    static final Map<String, Operator> ALL = Map.ofEntries(
            entry("Resize", Operator.single(ResizeOperators::resize)),
            entry("Upsample", Operator.single(ResizeOperators::upsample)));

    private ResizeOperators() { }

    /** Upsample, and Resize in its first version, are Resize with these attributes. */
    private static Value upsample(Call call) {
        int rank = call.shape(0).rank();
        double[] scales = call.has(1) ? call.numbers(1, "scales").toDoubles() : call.floats("scales").orElseGet(() -> {
            call.require(rank == 4 && call.hasAttribute("height_scale") && call.hasAttribute("width_scale"), "scales are missing.");
            return new double[] {1, 1, call.number("height_scale", 1), call.number("width_scale", 1)};
        });
        int[] axes = IntStream.range(0, rank).toArray();
        return resample(call, interpolations(call, axes, scaled(call, axes, scales), scales, "asymmetric", new double[0]), "floor");
    }

    private static Value resize(Call call) {
        if (call.version() < REGIONS) {
            return upsample(call);
        }
        int rank = call.shape(0).rank();
        int[] axes = call.integers("axes").map(a -> Arrays.stream(a).mapToInt(i -> call.axis(i, rank)).toArray())
                .orElseGet(() -> IntStream.range(0, rank).toArray());
        String transformation = call.text("coordinate_transformation_mode", "half_pixel");
        call.require(TRANSFORMATIONS.contains(transformation), "coordinate_transformation_mode is \"%s\", needs one of %s.", transformation,
                TRANSFORMATIONS);
        String nearest = call.text("nearest_mode", "round_prefer_floor");
        call.require(NEAREST.contains(nearest), "nearest_mode is \"%s\", needs one of %s.", nearest, NEAREST);
        boolean crops = transformation.equals("tf_crop_and_resize");
        double[] region = crops ? call.numbers(1, "roi").toDoubles() : new double[0];
        call.require(!crops || region.length == 2 * axes.length, "roi has %d numbers, needs a start and an end for %d axes.", region.length,
                axes.length);
        boolean byScales = call.has(2) && call.shape(2).elements() > 0;
        call.require(byScales != (call.has(3) && call.shape(3).elements() > 0), "needs either scales or sizes.");
        if (byScales) {
            double[] scales = call.numbers(2, "scales").toDoubles();
            return resample(call, interpolations(call, axes, scaled(call, axes, scales), scales, transformation, region), nearest);
        }
        long[] sizes = call.integers(3, "sizes").clone();
        call.require(sizes.length == axes.length, "sizes are %s, needs %d numbers.", Arrays.toString(sizes), axes.length);
        Call.Scope scope = call.scope();
        if (scope.batch() != scope.declaredBatch() && axes.length > 0 && axes[0] == 0 && sizes[0] == scope.declaredBatch()
                && call.shape(0).dim(0) == scope.batch()) {
            // The size names the batch that the model was saved for.
            sizes[0] = scope.batch();
        }
        double[] scales = IntStream.range(0, axes.length).mapToDouble(i -> (double) sizes[i] / call.shape(0).dim(axes[i])).toArray();
        return resample(call, interpolations(call, axes, kept(call, axes, sizes, scales), scales, transformation, region), nearest);
    }

    /** Extents by scales, rounded down. */
    private static long[] scaled(Call call, int[] axes, double[] scales) {
        call.require(scales.length == axes.length, "scales are %s, needs %d numbers.", Arrays.toString(scales), axes.length);
        // The product in float32, the type of the scales: 10 * 0.7f is 7 there.
        return IntStream.range(0, axes.length).mapToLong(i -> (long) Math.floor(call.shape(0).dim(axes[i]) * (float) scales[i])).toArray();
    }

    /** Extents by sizes, and the scales with them, where the ratio of the extents is to be kept. */
    private static long[] kept(Call call, int[] axes, long[] sizes, double[] scales) {
        String policy = call.text("keep_aspect_ratio_policy", "stretch");
        if (policy.equals("stretch")) {
            return sizes;
        }
        call.require(policy.equals("not_larger") || policy.equals("not_smaller"),
                "keep_aspect_ratio_policy is \"%s\", needs stretch, not_larger or not_smaller.", policy);
        double one = policy.equals("not_larger") ? Arrays.stream(scales).min().orElse(1) : Arrays.stream(scales).max().orElse(1);
        Arrays.fill(scales, one);
        return Arrays.stream(axes).mapToLong(a -> (long) Math.floor(one * call.shape(0).dim(a) + 0.5)).toArray();
    }

    /** An entry for every axis of the input, null for those that stay. */
    private static Interpolation[] interpolations(Call call, int[] axes, long[] sizes, double[] scales, String transformation,
            double[] region) {
        Shape x = call.shape(0);
        Interpolation[] all = new Interpolation[x.rank()];
        for (int i = 0; i < axes.length; i++) {
            call.require(scales[i] > 0 && sizes[i] >= 1 && x.dim(axes[i]) >= 1,
                    "axis %d of input %s is resized to %d, by %s; needs at least one element.", axes[i], x, sizes[i], scales[i]);
            boolean crops = region.length > 0;
            Interpolation one = new Interpolation(x.dim(axes[i]), sizes[i], scales[i], transformation, crops ? region[i] : 0,
                    crops ? region[i + axes.length] : 1);
            all[axes[i]] = one.isIdentity() ? null : one;
        }
        return all;
    }

    private static Value resample(Call call, Interpolation[] axes, String nearest) {
        String mode = call.text("mode", "nearest");
        Interpolation.Kernel kernel = switch (mode) {
            case "nearest" -> null;
            case "linear", "bilinear" -> Interpolation.linear();
            case "cubic" -> Interpolation.cubic(call.number("cubic_coeff_a", -0.75));
            default -> throw call.error("mode is \"%s\", needs nearest, linear or cubic.", mode);
        };
        call.require(kernel == null || call.dtype(0).isFloating(), "input is %s; mode %s needs a floating-point type. Cast the input.",
                call.dtype(0), mode);
        boolean antialias = call.integer("antialias", 0) != 0;
        boolean exclude = call.integer("exclude_outside", 0) != 0;
        Value x = call.value(0);
        for (int axis = axes.length - 1; axis >= 0; axis--) {
            Interpolation one = axes[axis];
            if (one != null) {
                x = kernel == null ? Shaping.gather(x, Source.constant(call.graph(), Tensor.of(one.nearest(nearest), one.output())), axis)
                        : multiply(x, one.matrix(x.dtype(), kernel, antialias, exclude), axis);
            }
        }
        for (int axis = 0; axis < axes.length; axis++) {
            if (axes[axis] != null && axes[axis].crops()) {
                x = extrapolated(x, axes[axis].outside(), axis, call.number("extrapolation_value", 0));
            }
        }
        return x;
    }

    /** Elements along an axis as row vectors times a matrix. */
    private static Value multiply(Value x, Tensor matrix, int axis) {
        Shape shape = x.shape();
        int last = shape.rank() - 1;
        int[] swapped = IntStream.range(0, last + 1).map(a -> a == axis ? last : a == last ? axis : a).toArray();
        Value moved = axis == last ? x : Shaping.transpose(x, swapped);
        Value rows = Shaping.reshape(moved, Shape.of(shape.elements() / shape.dim(axis), shape.dim(axis)));
        Value product = MatMul.matmul(rows, Source.constant(x.graph(), matrix));
        Value result = Shaping.reshape(product, moved.shape().with(last, matrix.shape().dim(1)));
        return axis == last ? result : Shaping.transpose(result, swapped);
    }

    /** A fixed number where positions along an axis are outside the input. */
    private static Value extrapolated(Value x, boolean[] outside, int axis, double value) {
        double[] flags = IntStream.range(0, outside.length).mapToDouble(i -> outside[i] ? 1 : 0).toArray();
        if (Arrays.stream(flags).sum() == 0) {
            return x;
        }
        long[] dims = new long[x.shape().rank()];
        Arrays.fill(dims, 1);
        dims[axis] = outside.length;
        Value mask = Source.constant(x.graph(), Tensor.of(dev.lamina.tensor.DType.BOOL, flags, dims));
        return Pointwise.where(mask, Source.scalarLike(x, value), x);
    }
}
