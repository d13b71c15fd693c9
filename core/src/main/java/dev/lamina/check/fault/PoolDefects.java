package dev.lamina.check.fault;

import dev.lamina.graph.Node;
import dev.lamina.graph.Pooling;
import dev.lamina.graph.Rounding;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/**
 * Windows of max and average pooling that lie where they should not. All windows of stride 1 are pooled, and the wrong ones picked; behind
 * the last one follows the first. So winners stay positions in the map, and divisors what they are there.
 */
final class PoolDefects {
    private static final int H = 2;
    private static final int W = 3;

    private PoolDefects() { }

    /** Window and extents of a pooling of windows, or null. */
    private record Pool(Window window, Shape image, Shape pooled) {
        static Pool of(Node node) {
            Shape x = node.input(0).shape();
            Shape y = node.output(0).shape();
            return switch (node.op()) {
                case Pooling.MaxPool op -> new Pool(op.window(), x, y);
                case Pooling.AvgPool op -> new Pool(op.window(), x, y);
                case Pooling.AvgPoolGradient op -> new Pool(op.window(), y, x);
                default -> null;
            };
        }

        Window dense() {
            return new Window(dense(window.h()), dense(window.w()));
        }

        private static Window.Axis dense(Window.Axis axis) {
            return new Window.Axis(axis.kernel(), 1, axis.padBegin(), axis.padEnd(), axis.dilation(), Rounding.FLOOR);
        }

        Window.Axis along(int axis) {
            return axis == H ? window.h() : window.w();
        }

        /** Number of windows of stride 1. */
        long places(int axis) {
            return image.dim(axis) + along(axis).padBegin() + along(axis).padEnd() - along(axis).span() + 1;
        }
    }

    static boolean strides(Node node) {
        Pool pool = Pool.of(node);
        return pool != null && pool.pooled.elements() > 0 && (pool.pooled.dim(H) > 1 || pool.pooled.dim(W) > 1);
    }

    static boolean hasPlace(Node node) {
        Pool pool = Pool.of(node);
        return pool != null && pool.pooled.elements() > 0 && (pool.places(H) > 1 || pool.places(W) > 1);
    }

    static List<Value> wrongStride(Site site) {
        Pool pool = Pool.of(site.node());
        return picked(site, pool, window -> window * (pool.window.h().stride() + 1), window -> window * (pool.window.w().stride() + 1));
    }

    static List<Value> wrongPadding(Site site) {
        Pool pool = Pool.of(site.node());
        return picked(site, pool, window -> window * pool.window.h().stride() + 1, window -> window * pool.window.w().stride() + 1);
    }

    private static List<Value> picked(Site site, Pool pool, LongUnaryOperator h, LongUnaryOperator w) {
        site.builder();
        Value x = site.operands().getFirst();
        Value rows = places(site, pool, H, h);
        Value columns = places(site, pool, W, w);
        return switch (site.node().op()) {
            case Pooling.MaxPool _ -> {
                List<Value> results = new ArrayList<>();
                for (Value dense : Pooling.maxPoolWithIndices(x, pool.dense()).outputs()) {
                    results.add(pick(dense, rows, columns));
                }
                yield results;
            }
            case Pooling.AvgPool op -> List.of(pick(x.graph().add(new Pooling.AvgPool(pool.dense(), op.countIncludePad()), x), rows,
                    columns));
            case Pooling.AvgPoolGradient op -> {
                Shape tall = pool.pooled.with(H, pool.places(H));
                Value spread = x.graph().add(new Shaping.GatherGradient(H, tall), x, rows);
                Value dense = x.graph().add(new Shaping.GatherGradient(W, tall.with(W, pool.places(W))), spread, columns);
                yield x.graph().addNode(new Pooling.AvgPoolGradient(pool.dense(), op.countIncludePad(), op.inputShape()), List.of(dense))
                        .outputs();
            }
            default -> throw new IllegalStateException(site.node() + " has no windows.");
        };
    }

    private static Value places(Site site, Pool pool, int axis, LongUnaryOperator place) {
        long[] all = LongStream.range(0, pool.pooled.dim(axis)).map(place).map(p -> p % pool.places(axis)).toArray();
        return Source.constant(site.builder(), Tensor.of(all, all.length));
    }

    static Value pick(Value dense, Value rows, Value columns) {
        return Shaping.gather(Shaping.gather(dense, rows, H), columns, W);
    }
}
