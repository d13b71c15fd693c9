package dev.lamina.vision.voc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.DataException;
import dev.lamina.io.CorruptFileException;
import dev.lamina.io.ImageFile;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.vision.Box;
import dev.lamina.vision.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocFolderTest {
    @TempDir
    private Path dir;

    private Path root;
    private VocFiles files;

    @BeforeEach
    void make() throws IOException {
        root = dir.resolve("kit/Set");
        files = new VocFiles(root).image("one", VocFiles.object("dog", 1, 1, 20, 10), VocFiles.object("cat", 3, 4, 5, 6))
                .image("two", VocFiles.object("dog", "2.5", "2", "9.25", "8", "<difficult>1</difficult><truncated>1</truncated>"))
                .image("none").list("train", "one", "none", "").list("all", "two", " one ", "none");
    }

    private static DataException fails(Path root, String set) {
        return assertThrows(DataException.class, () -> {
            try (VocFolder voc = VocFolder.open(root)) {
                voc.set(set);
            }
        });
    }

    private void check(VocFolder voc) throws IOException {
        assertEquals(List.of("cat", "dog"), voc.classNames());
        assertEquals(List.of("all", "train"), voc.sets());
        VocSet all = voc.set("all");
        assertEquals(List.of("two", "one", "none"), all.images().stream().map(VocImage::name).toList());
        assertEquals(List.of(new VocObject(1, new Box(1.5, 1, 8.25, 7), true, true)), all.images().get(0).objects());
        assertEquals(List.of(new VocObject(1, new Box(0, 0, 19, 9), false, false), new VocObject(0, new Box(2, 3, 4, 5), false, false)),
                all.images().get(1).objects());
        assertArrayEquals(new int[] {1, 2}, all.counts());
        assertEquals(List.of(new Truth(1, new Box(1.5, 1, 8.25, 7), true)), all.truths().getFirst());
        assertEquals("", all.problemText());
        assertEquals(Shape.of(3, VocFiles.HEIGHT, VocFiles.WIDTH), voc.read(all.images().getFirst()).shape());
        assertEquals(2, voc.set("train").images().size());
    }

    @Test
    void foldersAndArchives() throws IOException {
        for (Path path : List.of(root, dir.resolve("kit"), VocFiles.zip(dir.resolve("kit"), dir.resolve("kit.zip")))) {
            try (VocFolder voc = VocFolder.open(path)) {
                check(voc);
            }
        }
    }

    @Test
    void boxesWithoutAreaOrOutsideAreCounted() throws IOException {
        files.image("odd", VocFiles.object("dog", 5, 5, 5, 9), VocFiles.object("dog", 8, 8, 7, 9), VocFiles.object("cat", 21, 1, 25, 5),
                VocFiles.object("cat", -4, 1, 0, 5), VocFiles.object("cat", 15, 0, 25, 5), VocFiles.object("dog", 2, 2, 3, 3))
                .list("odd", "odd");
        try (VocFolder voc = VocFolder.open(root)) {
            VocSet odd = voc.set("odd");
            assertEquals(List.of(new VocObject(0, new Box(14, 0, 19, 4), false, false),
                    new VocObject(1, new Box(1, 1, 2, 2), false, false)), odd.images().getFirst().objects());
            assertEquals("2 boxes without area, left out (odd.xml); 2 boxes outside the image, left out (odd.xml); "
                    + "1 box reaching out of the image, cut to it (odd.xml)", odd.problemText());
            assertEquals(new VocProblem("odd.xml", "dog", VocProblem.Kind.NO_AREA, "5.0, 5.0, 5.0, 9.0"), odd.problems().getFirst());
        }
    }

    @Test
    void classesMayBeNamed() throws IOException {
        try (VocFolder voc = VocFolder.open(root, List.of("dog", "bird", "cat"))) {
            assertEquals(0, voc.set("train").images().getFirst().objects().getFirst().label());
            assertArrayEquals(new int[] {2, 0, 1}, voc.set("all").counts());
        }
        Exception unknown = assertThrows(DataException.class, () -> VocFolder.open(root, List.of("dog")));
        assertEquals("voc \"Set\": one.xml has an object of class \"cat\", the classes are dog. "
                + "Name all classes, or none to take those that are there.", unknown.getMessage());
        assertThrows(IllegalArgumentException.class, () -> VocFolder.open(root, List.of("dog", "dog")));
    }

    @Test
    void listsThatDoNotFit() throws IOException {
        files.list("gone", "one", "three").list("twice", "one", "one").list("empty").list("cat_train", "one  1", "two -1");
        Files.delete(root.resolve("JPEGImages/none.png"));
        assertEquals("voc \"Set\": list \"train\": there is no JPEGImages/none.jpg; 1 of 2 names lack an image or an annotation. "
                + "Add what is missing, or take the name out of the list.", fails(root, "train").getMessage());
        assertTrue(fails(root, "gone").getMessage().contains("there is no Annotations/three.xml; 1 of 2"));
        assertEquals("voc \"Set\": list \"twice\" names one twice. Delete one line.", fails(root, "twice").getMessage());
        assertEquals("voc \"Set\": list \"empty\" is empty.", fails(root, "empty").getMessage());
        assertTrue(fails(root, "cat_train").getMessage().endsWith("Is it the list of one class, with a second column? "
                + "Take a list of names alone."));
        assertEquals("voc \"Set\": has no list \"val\", there are all, cat_train, empty, gone, train, twice.",
                fails(root, "val").getMessage());
    }

    @Test
    void foldersThatDoNotFit() throws IOException {
        Path empty = Files.createDirectory(dir.resolve("empty"));
        assertEquals("voc \"empty\": holds no folder with Annotations/, JPEGImages/ and ImageSets/Main/. Name one in PASCAL VOC's layout.",
                fails(empty, "x").getMessage());
        new VocFiles(dir.resolve("kit/Other"));
        assertEquals("voc \"kit\": holds 2 data sets: Other/, Set/. Name one of them.", fails(dir.resolve("kit"), "x").getMessage());
        Files.copy(root.resolve("JPEGImages/one.png"), root.resolve("JPEGImages/one.jpg"));
        assertTrue(fails(root, "x").getMessage().contains("has two images of one name, JPEGImages/one.jpg and JPEGImages/one.png"));
    }

    @Test
    void aBrokenAnnotationNamesItself() throws IOException {
        Files.writeString(root.resolve("Annotations/two.xml"), "<annotation>");
        Exception broken = assertThrows(CorruptFileException.class, () -> VocFolder.open(root));
        assertTrue(broken.getMessage().startsWith("two.xml: is not the XML of an annotation, line 1, column 13: "), broken.getMessage());
    }

    @Test
    void anImageOfAnotherSizeIsRefused() throws IOException {
        ImageFile.writePng(root.resolve("JPEGImages/one.png"), Tensor.zeros(DType.UINT8, Shape.of(3, 10, 21)));
        try (VocFolder voc = VocFolder.open(root)) {
            VocImage one = voc.set("train").images().getFirst();
            assertEquals("voc \"Set\": JPEGImages/one.png is 21 x 10, its annotation says 20 x 10: the boxes are of another image. "
                    + "Correct <size>, or annotate it anew.", assertThrows(DataException.class, () -> voc.read(one)).getMessage());
        }
    }
}
