package dev.lamina.models;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lamina.graph.Summary;
import dev.lamina.nn.Model;
import dev.lamina.tensor.Shape;
import java.util.Arrays;

/** What a model's layers give and hold; nothing is allocated. */
final class Shapes {
    private final Summary summary;

    Shapes(Model model) {
        summary = model.summary(2);
    }

    /** A model as published. */
    static Model published(String name, ModelOptions options) {
        ModelInfo info = Models.info(name);
        return Models.create(name, info.input(), info.classes(), options);
    }

    static Shapes of(String name) {
        return new Shapes(published(name, ModelOptions.defaults()));
    }

    static Shapes of(String name, ModelOptions options) {
        return new Shapes(published(name, options));
    }

    Summary summary() {
        return summary;
    }

    /** Compares rows written {@code name: 96 55 55}, or {@code name: 96 55 55 = 34944} with trainable numbers. */
    void have(String... rows) {
        for (String row : rows) {
            String[] halves = row.split("=");
            String[] parts = halves[0].split(":");
            long[] expected = Arrays.stream(("2 " + parts[1].strip()).split("\\s+")).mapToLong(Long::parseLong).toArray();
            Summary.Row found = summary.row(parts[0]);
            assertEquals(Shape.of(expected), found.output().shape(), parts[0]);
            if (halves.length > 1) {
                assertEquals(Long.parseLong(halves[1].strip()), found.trainable(), parts[0]);
            }
        }
    }
}
