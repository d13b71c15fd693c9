package dev.lamina.cpu.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.backend.CompileOptions;
import dev.lamina.backend.Executable;
import dev.lamina.backend.State;
import dev.lamina.graph.Convolution;
import dev.lamina.graph.Gradients;
import dev.lamina.graph.GraphBuilder;
import dev.lamina.graph.GraphException;
import dev.lamina.graph.Reduction;
import dev.lamina.graph.Shaping;
import dev.lamina.graph.Source;
import dev.lamina.graph.TensorType;
import dev.lamina.graph.Value;
import dev.lamina.graph.Window;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import dev.lamina.vision.parts.Anchor;
import dev.lamina.vision.parts.ShiftAdd;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShiftAddTest {
    private static final List<Anchor> ANCHORS = List.of(new Anchor(0, 0), new Anchor(2, 1), new Anchor(1, 3));

    private static Tensor noise(int stream, long... dims) {
        Philox.Stream random = new Philox.Stream(12, 3, stream);
        int count = (int) Tensor.zeros(DType.FLOAT32, dev.lamina.tensor.Shape.of(dims)).elements();
        return Tensor.of(DType.FLOAT32, IntStream.range(0, count).mapToDouble(_ -> random.nextNormal()).toArray(), dims);
    }

    /** As a convolution whose filter has one 1 a channel: root at 0, part i at its anchor; equal where no part is outside. */
    @ParameterizedTest
    @CsvSource({"reference, 1", "cpu, 1", "reference, 2", "cpu, 2"})
    void equalsTheConvolutionWithUnitTapsInside(String backendName, int scale) {
        int height = 6;
        int width = 7;
        GraphBuilder builder = new GraphBuilder();
        Value root = builder.input("root", TensorType.of(DType.FLOAT32, 2, 1, height, width));
        Value parts = builder.input("parts", TensorType.of(DType.FLOAT32, 2, 3, (long) scale * height, (long) scale * width));
        Value sum = ShiftAdd.shiftAdd(root, parts, ANCHORS, scale);
        double[] taps = new double[3 * 3 * 4];
        for (int i = 0; i < ANCHORS.size(); i++) {
            taps[i * 12 + ANCHORS.get(i).y() * 4 + ANCHORS.get(i).x()] = 1;
        }
        Value filter = Source.constant(builder, Tensor.of(DType.FLOAT32, taps, 1, 3, 3, 4));
        Value convolved = Convolution.conv2d(parts, filter, Window.of(3, 4).stride(scale), 1);
        Value inside = Shaping.slice(Shaping.slice(root, 2, 0, convolved.shape().dim(2)), 3, 0, convolved.shape().dim(3)).plus(convolved);
        Value same = Shaping.slice(Shaping.slice(sum, 2, 0, inside.shape().dim(2)), 3, 0, inside.shape().dim(3));
        builder.output("sum", sum).output("inside", inside).output("same", same);
        List<Value> expected = Gradients.of(Reduction.sum(inside.times(inside)), List.of(root, parts));
        List<Value> actual = Gradients.of(Reduction.sum(same.times(same)), List.of(root, parts));
        builder.output("e0", expected.get(0)).output("e1", expected.get(1)).output("a0", actual.get(0)).output("a1", actual.get(1));
        try (Backend backend = Backends.open(backendName); State state = backend.createState(List.of());
                Executable executable = backend.compile(builder.build(), CompileOptions.defaults())) {
            Map<String, Tensor> results = executable.call(state, Map.of("root", noise(1, 2, 1, height, width),
                    "parts", noise(2, 2, 3, (long) scale * height, (long) scale * width)));
            assertArrayEquals(results.get("inside").toFloats(), results.get("same").toFloats(), 1e-6f);
            assertArrayEquals(results.get("e0").toFloats(), results.get("a0").toFloats(), 1e-5f);
            assertArrayEquals(results.get("e1").toFloats(), results.get("a1").toFloats(), 1e-5f);
            double last = results.get("sum").get(0, 0, height - 1, width - 1);
            assertEquals(Double.NEGATIVE_INFINITY, last, "a part lies outside");
        }
    }

    @Test
    void aPartBeforeTheRootIsOutsideAtTheBorder() {
        GraphBuilder builder = new GraphBuilder();
        Value root = Source.fill(builder, TensorType.of(DType.FLOAT32, 1, 1, 2, 3), 0);
        Value parts = Source.constant(builder, Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 1, 2, 3));
        builder.output("sum", ShiftAdd.shiftAdd(root, parts, List.of(new Anchor(0, -1)), 1));
        try (Backend backend = Backends.open("reference"); State state = backend.createState(List.of());
                Executable executable = backend.compile(builder.build(), CompileOptions.defaults())) {
            float none = Float.NEGATIVE_INFINITY;
            assertArrayEquals(new float[] {none, 1, 2, none, 4, 5}, executable.call(state, Map.of()).get("sum").toFloats());
        }
    }

    @Test
    void saysWhatIsWrong() {
        GraphBuilder builder = new GraphBuilder();
        Value root = builder.input("root", TensorType.of(DType.FLOAT32, 1, 1, 2, 3));
        Value parts = builder.input("parts", TensorType.of(DType.FLOAT32, 1, 2, 2, 3));
        GraphException e = assertThrows(GraphException.class, () -> ShiftAdd.shiftAdd(root, parts, ANCHORS, 1));
        assertEquals("shiftAdd: 3 anchors for 2 parts [1, 2, 2, 3], needs one a part.", e.getMessage());
        assertTrue(assertThrows(GraphException.class, () -> ShiftAdd.shiftAdd(parts, parts, ANCHORS, 1)).getMessage()
                .startsWith("shiftAdd: root has shape [1, 2, 2, 3], needs [N, 1, H, W]."));
    }
}
