package dev.lamina.cpu.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.backend.Backend;
import dev.lamina.backend.Backends;
import dev.lamina.optim.Sgd;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.vision.Box;
import dev.lamina.vision.Detection;
import dev.lamina.vision.Truth;
import dev.lamina.vision.VocEvaluation;
import dev.lamina.vision.parts.Anchor;
import dev.lamina.vision.parts.Component;
import dev.lamina.vision.parts.PartModel;
import dev.lamina.vision.parts.PartPlacement;
import dev.lamina.vision.parts.PartScorer;
import dev.lamina.vision.parts.PartTrainer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * An object of three parts in noise, each part up to two cells from where it rests, among loose parts of the same looks: a root filter
 * alone sees a blur, parts that may move see all of it.
 */
class PlantedObjectTest {
    private static final int CHANNELS = 4;
    private static final int SIZE = 26;
    private static final int ROOT = 11;
    private static final int PART = 3;
    private static final int JITTER = 2;
    private static final List<Anchor> RESTS = List.of(new Anchor(1, 1), new Anchor(1, 7), new Anchor(7, 4));
    private static final double NOISE = 0.35;
    private static final double FORBIDDEN = -1e6;
    private static final int BATCH = 32;

    /** A plane of features with perhaps an object: where its root is, and where its parts are. */
    private record Plane(double[] features, Anchor root, List<Anchor> parts) {
    }

    private static Plane draw(Philox.Stream random, boolean object, double noise) {
        double[] features = new double[CHANNELS * SIZE * SIZE];
        for (int i = 0; i < features.length; i++) {
            features[i] = noise * random.nextNormal();
        }
        List<Anchor> places = new ArrayList<>();
        Anchor root = null;
        if (object) {
            root = new Anchor(random.nextInt(SIZE - ROOT + 1), random.nextInt(SIZE - ROOT + 1));
            for (Anchor rest : RESTS) {
                int y = root.y() + rest.y() + random.nextInt(2 * JITTER + 1) - JITTER;
                int x = root.x() + rest.x() + random.nextInt(2 * JITTER + 1) - JITTER;
                places.add(new Anchor(Math.clamp(y, 0, SIZE - PART), Math.clamp(x, 0, SIZE - PART)));
            }
        }
        for (int part = 0; part < RESTS.size(); part++) {
            if (object) {
                plant(features, part, places.get(part));
            } else {
                // Loose parts, as many, where they make no object.
                plant(features, part, new Anchor(random.nextInt(SIZE - PART + 1), random.nextInt(SIZE - PART + 1)));
            }
        }
        return new Plane(features, root, places);
    }

    private static void plant(double[] features, int part, Anchor at) {
        for (int i = 0; i < PART * PART; i++) {
            // A cross of the part's own channel, and its border of the last.
            boolean cross = i % 2 == 1 || i == 4;
            int channel = cross ? part : CHANNELS - 1;
            features[(channel * SIZE + at.y() + i / PART) * SIZE + at.x() + i % PART] += 1;
        }
    }

    private static List<Plane> draw(int stream, int count, double noise) {
        Philox.Stream random = new Philox.Stream(12, 4, stream);
        List<Plane> planes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            planes.add(draw(random, i % 2 == 0, noise));
        }
        return planes;
    }

    private static Tensor features(List<Plane> planes) {
        Tensor all = Tensor.zeros(DType.FLOAT32, Shape.of(planes.size(), CHANNELS, SIZE, SIZE));
        for (int i = 0; i < planes.size(); i++) {
            all.select(0, i).copyFrom(Tensor.of(DType.FLOAT32, planes.get(i).features(), CHANNELS, SIZE, SIZE));
        }
        return all;
    }

    /** With an object, placements of the root that overlap it by 0.7 at least: a cell aside. */
    private static Tensor allowed(List<Plane> planes) {
        Tensor all = Tensor.zeros(DType.FLOAT32, Shape.of(planes.size(), 1, SIZE, SIZE));
        for (int i = 0; i < planes.size(); i++) {
            Anchor root = planes.get(i).root();
            for (int at = 0; root != null && at < SIZE * SIZE; at++) {
                if (box(new Anchor(at / SIZE, at % SIZE)).iou(box(root), Box.Extent.CONTINUOUS) < 0.7) {
                    all.set(FORBIDDEN, i, 0, at / SIZE, at % SIZE);
                }
            }
        }
        return all;
    }

    private static Box box(Anchor root) {
        return new Box(root.x(), root.y(), root.x() + ROOT, root.y() + ROOT);
    }

    private static Tensor signs(List<Plane> planes) {
        return Tensor.of(DType.FLOAT32, planes.stream().mapToDouble(p -> p.root() == null ? -1 : 1).toArray(), planes.size());
    }

    /** New planes in every step, so that nothing is learned by heart. */
    private static Map<String, Tensor> train(Backend backend, PartModel model, Map<String, Tensor> start, int stream, int steps,
            double rate) {
        Shape shape = Shape.of(BATCH, CHANNELS, SIZE, SIZE);
        try (PartTrainer trainer = new PartTrainer(backend, model, shape, shape, Sgd.momentum(0.9).withWeightDecay(2e-2), rate)) {
            trainer.set(start);
            for (int step = 0; step < steps; step++) {
                trainer.rate(step < steps * 2 / 3 ? rate : rate / 10);
                List<Plane> batch = draw(1000 * stream + step, BATCH, NOISE);
                Tensor features = features(batch);
                trainer.step(features, features, allowed(batch), signs(batch));
            }
            return trainer.weights();
        }
    }

    private record Found(Detection detection, List<Anchor> parts) {
    }

    /** The best placement in each plane. */
    private static List<Found> detect(Backend backend, PartModel model, Map<String, Tensor> weights, List<Plane> planes) {
        List<Found> found = new ArrayList<>();
        Component component = model.components().getFirst();
        try (PartScorer scorer = new PartScorer(backend, model, weights)) {
            for (int i = 0; i < planes.size(); i++) {
                Tensor features = features(planes.subList(i, i + 1));
                PartScorer.Scored scored = scorer.score(features, features);
                double[] scores = scored.best().toDoubles();
                int best = 0;
                for (int at = 1; at < scores.length; at++) {
                    best = scores[at] > scores[best] ? at : best;
                }
                Anchor root = new Anchor(best / SIZE, best % SIZE);
                List<Anchor> parts = new ArrayList<>();
                for (int p = 0; p < component.anchors().size(); p++) {
                    Tensor places = scored.places().getFirst().orElseThrow();
                    Anchor rest = component.anchors().get(p);
                    int width = (int) places.shape().dim(3);
                    int place = (int) places.get(0, p, root.y() + rest.y(), root.x() + rest.x());
                    parts.add(new Anchor(place / width, place % width));
                }
                found.add(new Found(new Detection(i, 0, box(root), scores[best]), parts));
            }
        }
        return found;
    }

    private static double averagePrecision(List<Found> found, List<Plane> planes) {
        List<List<Truth>> truths = planes.stream().map(p -> p.root() == null ? List.<Truth>of()
                : List.of(new Truth(0, box(p.root()), false))).toList();
        return new VocEvaluation(0.5, Box.Extent.CONTINUOUS).evaluate(List.of("object"), truths,
                found.stream().map(Found::detection).toList()).allPoint().orElseThrow();
    }

    /**
     * In what share of the objects found the part that is found worst is where it was planted. A filter may have learned its part a cell
     * aside: what counts is that the distance is one and the same in all images.
     */
    private static double recovered(List<Found> found, List<Plane> planes, Component component) {
        List<Map<Anchor, Integer>> shifts = new ArrayList<>();
        int objects = 0;
        for (int i = 0; i < planes.size(); i++) {
            Plane plane = planes.get(i);
            if (plane.root() == null || found.get(i).detection().box().iou(box(plane.root()), Box.Extent.CONTINUOUS) < 0.5) {
                continue;
            }
            objects++;
            for (int p = 0; p < RESTS.size(); p++) {
                Anchor seen = found.get(i).parts().get(p);
                Anchor planted = plane.parts().get(nearest(component.anchors().get(p)));
                if (shifts.size() == p) {
                    shifts.add(new HashMap<>());
                }
                shifts.get(p).merge(new Anchor(seen.y() - planted.y(), seen.x() - planted.x()), 1, Integer::sum);
            }
        }
        int count = objects;
        return shifts.stream().mapToDouble(s -> (double) s.values().stream().max(Integer::compare).orElseThrow() / count).min()
                .orElseThrow();
    }

    private static int nearest(Anchor learned) {
        int best = 0;
        for (int i = 1; i < RESTS.size(); i++) {
            best = distance(learned, RESTS.get(i)) < distance(learned, RESTS.get(best)) ? i : best;
        }
        return best;
    }

    private static int distance(Anchor a, Anchor b) {
        return (a.y() - b.y()) * (a.y() - b.y()) + (a.x() - b.x()) * (a.x() - b.x());
    }

    @Test
    void partsFindWhatARootAloneDoesNot() {
        List<Plane> test = draw(2, 300, NOISE);
        try (Backend backend = Backends.open("cpu")) {
            PartModel roots = PartModel.of(Component.root(ROOT, ROOT));
            Map<String, Tensor> learned = train(backend, roots, Map.of(), 1, 160, 0.02);
            double alone = averagePrecision(detect(backend, roots, learned, test), test);

            PartPlacement placed = PartPlacement.of(learned.get("component0.root.weight"), 3, PART, PART, 1);
            Component component = Component.root(ROOT, ROOT).withParts(PART, PART, placed.anchors(), 1, JITTER + 1);
            PartModel parts = PartModel.of(component);
            Map<String, Tensor> start = new HashMap<>(learned);
            start.put("component0.parts.weight", placed.weights());
            Map<String, Tensor> full = train(backend, parts, start, 2, 400, 0.02);
            List<Found> found = detect(backend, parts, full, test);
            double together = averagePrecision(found, test);
            assertTrue(together >= 0.95, "root and parts: " + together);
            assertTrue(alone <= together - 0.1, "root alone: " + alone);
            assertTrue(recovered(found, test, component) >= 0.99, "parts where they were planted");
            List<Plane> quiet = draw(3, 100, NOISE / 3);
            assertEquals(1, recovered(detect(backend, parts, full, quiet), quiet, component));
        }
    }
}
