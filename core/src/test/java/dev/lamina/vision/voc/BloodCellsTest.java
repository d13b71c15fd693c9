package dev.lamina.vision.voc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.tensor.Shape;
import dev.lamina.vision.SharedImages;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Against the published counts of the blood cells. */
class BloodCellsTest {
    @Test
    void hasThePublishedCounts() throws IOException {
        try (VocFolder voc = VocFolder.open(SharedImages.file("bccd/bccd.zip"))) {
            assertEquals(List.of("Platelets", "RBC", "WBC"), voc.classNames());
            assertEquals(List.of("test", "train", "trainval", "val"), voc.sets());
            assertEquals(List.of(72, 205, 292, 87), voc.sets().stream().map(s -> size(voc, s)).toList());
            VocSet test = voc.set("test");
            VocSet trainval = voc.set("trainval");
            int[] counts = new int[3];
            for (int i = 0; i < 3; i++) {
                counts[i] = test.counts()[i] + trainval.counts()[i];
            }
            assertArrayEquals(new int[] {361, 4155 - 2, 372}, counts, "two boxes have no area");
            assertEquals(List.of("BloodImage_00338.xml", "BloodImage_00343.xml"),
                    Stream.of(test, trainval).flatMap(s -> s.problems().stream()).map(VocProblem::file).sorted().toList());
            assertTrue(Stream.of(test, trainval).flatMap(s -> s.problems().stream()).allMatch(p -> p.kind() == VocProblem.Kind.NO_AREA
                    && p.className().equals("RBC")));
            assertTrue(Stream.of(test, trainval).flatMap(s -> s.images().stream())
                    .allMatch(i -> i.objects().size() >= 1 && i.objects().size() <= 30));
            for (VocImage image : test.images().subList(0, 3)) {
                assertEquals(Shape.of(3, 480, 640), voc.read(image).shape());
            }
        }
    }

    private static int size(VocFolder voc, String set) {
        try {
            return voc.set(set).images().size();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
