package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lamina.data.augment.Augmentation;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import dev.lamina.train.ClassWeights;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What users may get wrong about images, and the whole of what they are told; {@code ROOT} is the folder's name. */
class BadImagesTest {
    private static final ImageOptions PLAIN = ImageOptions.defaults();
    private static final byte[] GOOD = Pictures.png(4, 4, 0x123456);
    private static final String LAYOUT = "<class>/* or train/<class>/* and test/<class>/*.";

    @TempDir
    private Path dir;

    /** Makes the mistake in a folder that holds {@code train/a/0.png}, {@code train/b/0.png} and the same in test. */
    @FunctionalInterface
    interface Mistake {
        void make(Path root) throws IOException;
    }

    private static Arguments row(String name, String message, Mistake mistake) {
        return Arguments.of(name, message, mistake);
    }

    private static void readAll(Path root) throws IOException {
        for (Dataset part : List.of(ImageFolder.open(root, PLAIN, 1).train(), ImageFolder.open(root, PLAIN, 1).test())) {
            for (int i = 0; i < part.size(); i++) {
                part.read(i, Tensor.zeros(DType.UINT8, part.sampleShape()));
            }
        }
    }

    private static Mistake file(String path, byte[] bytes) {
        return root -> {
            Pictures.put(root, path, bytes);
            readAll(root);
        };
    }

    private static Mistake zip(String... names) {
        return root -> {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            for (String name : names) {
                entries.put(name, GOOD);
            }
            ImageFolder.open(Pictures.zip(root.resolve("x.zip"), entries), PLAIN, 1);
        };
    }

    private static Mistake augment(String text) {
        return root -> Augmentation.parse(text).reader(ImageFolder.open(root, PLAIN, 1).train());
    }

    private static byte[] sized(int width, int height) {
        byte[] bytes = GOOD.clone();
        ByteBuffer.wrap(bytes).putInt(16, width).putInt(20, height);
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(bytes, 12, 17);
        ByteBuffer.wrap(bytes).putInt(29, (int) crc.getValue());
        return bytes;
    }

    /** A JPEG whose frame header tells of four components, as CMYK has. */
    private static byte[] cmyk() {
        byte[] bytes = Pictures.jpeg(4, 4, 0);
        for (int i = 0; i < bytes.length - 1; i++) {
            if (bytes[i] == (byte) 0xff && bytes[i + 1] == (byte) 0xc0) {
                bytes[i + 9] = 4;
                return bytes;
            }
        }
        throw new AssertionError("no frame");
    }

    private static byte[] cut(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }

    static Stream<Arguments> mistakes() {
        byte[] jpeg = Pictures.jpeg(4, 4, 0x808080);
        byte[] sixteen = Pictures.encode("png", 4, 4, 0x808080, BufferedImage.TYPE_USHORT_GRAY);
        return Stream.of(
                row("nothing there", "data \"ROOT/none\": there is no such file or folder.",
                        root -> ImageFolder.open(root.resolve("none"), PLAIN, 1)),
                row("empty class folder", "data \"ROOT\": class \"c\" of train has no image. Add some, or delete the folder train/c.",
                        root -> {
                            Files.createDirectories(root.resolve("train/c"));
                            Pictures.put(root, "test/c/0.png", GOOD);
                            ImageFolder.open(root, PLAIN, 1);
                        }),
                row("folder without classes", "data \"a\": has images but no class folders. Put the images of each class into a folder of "
                        + "its own: " + LAYOUT, root -> ImageFolder.open(root.resolve("train/a"), PLAIN, 1)),
                row("no image",
                        "data \"empty\": holds no image (.jpg, .jpeg, .png or .webp). Put the images of each class into a folder of "
                        + "its own: " + LAYOUT, root -> {
                            Pictures.put(root, "empty/a/readme.txt", GOOD);
                            ImageFolder.open(root.resolve("empty"), PLAIN, 1);
                        }),
                row("loose image", "data \"ROOT\": train/x.png lies beside the class folders. Move it into one, or delete it.",
                        file("train/x.png", GOOD)),
                row("test without train", "data \"sub\": has a folder test with classes but none named train. Add train/<class>/*.",
                        root -> {
                            Pictures.put(root, "sub/test/a/0.png", GOOD);
                            Pictures.put(root, "sub/learn/a/0.png", GOOD);
                            ImageFolder.open(root.resolve("sub"), PLAIN, 1);
                        }),
                row("classes differ",
                        "data \"ROOT\": classes of train and test differ: only train has none, only test has \"d\". Give both "
                        + "the same class folders.", file("test/d/0.png", GOOD)),
                row("one class", "data \"one\": train has one class, \"a\"; telling classes apart needs 2.", root -> {
                    Pictures.put(root, "one/train/a/0.png", GOOD);
                    ImageFolder.open(root.resolve("one"), PLAIN, 1);
                }),
                row("truncated JPEG", "train/a/1.jpg: ends at byte " + (jpeg.length - 30)
                        + " without an end marker. The file is truncated; copy it again.", file("train/a/1.jpg", cut(jpeg,
                                jpeg.length - 30))),
                row("truncated PNG", "train/a/1.png: ends at byte " + (GOOD.length - 12)
                        + " without an IEND chunk. The file is truncated or damaged; copy it again.",
                        file("train/a/1.png", cut(GOOD, GOOD.length - 12))),
                row("header cut off", "train/a/1.jpg: ends at byte 10 before its size is told. The file is truncated; copy it again.",
                        file("train/a/1.jpg", cut(jpeg, 10))),
                row("CMYK JPEG", "train/a/1.jpg: is a JPEG image of 4 components (CMYK), which is not read. Convert it to RGB.",
                        file("train/a/1.jpg", cmyk())),
                row("empty file", "train/a/1.png: is empty (0 bytes). Copy it again, or delete it.", file("train/a/1.png", new byte[0])),
                row("no pixels", "train/a/1.png: is 0 x 4, needs 1 to 2^31 - 1 each.", file("train/a/1.png", sized(0, 4))),
                row("not an image",
                        "train/a/1.png: is neither a PNG, a JPEG nor a WebP image, by its first bytes. Convert it to one of them.",
                        file("train/a/1.png", "hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII))),
                row("decompression bomb", "train/a/1.png: is 60000 x 60000, which " + idat()
                        + " bytes of compressed data cannot hold. The file "
                        + "is truncated or damaged; copy it again.", root -> {
                            Pictures.put(root, "train/a/1.png", sized(60000, 60000));
                            Dataset data = ImageFolder.open(root, PLAIN.withSize("4", 0), 1).train();
                            data.source(2);
                        }),
                row("sizes differ",
                        "data \"ROOT\": images have different sizes, train/a/0.png is 4 x 4, test/b/1.png 5 x 4. Give the size of "
                        + "a sample, e.g. --image-size 64.", file("test/b/1.png", Pictures.png(5, 4, 0))),
                row("deleted meanwhile", "train/b/0.png: cannot be read, NoSuchFileException. Was it moved or deleted?", root -> {
                    Dataset data = ImageFolder.open(root, PLAIN, 1).train();
                    Files.delete(root.resolve("train/b/0.png"));
                    data.source(1);
                }),
                row("broken link", "data \"ROOT\": train/a/l.png is no file that can be read (a broken link?). Delete it, or mend it.",
                        root -> {
                            Files.createSymbolicLink(root.resolve("train/a/l.png"), root.resolve("nowhere.png"));
                            readAll(root);
                        }),
                row("no archive", "data \"ROOT/x.zip\": is neither a folder nor a zip archive, or is damaged (zip END header not found).",
                        root -> ImageFolder.open(Files.write(root.resolve("x.zip"), GOOD), PLAIN, 1)),
                row("zip without images",
                        "data \"x\": holds no image (.jpg, .jpeg, .png or .webp). Put the images of each class into a folder "
                        + "of its own: " + LAYOUT, zip("a/readme.txt")),
                row("zip path up",
                        "data \"ROOT/x.zip\": entry \"a/../../b.png\" has a name that is no plain path below the archive. Pack it "
                        + "anew.", zip("a/../../b.png")),
                row("zip path absolute",
                        "data \"ROOT/x.zip\": entry \"/etc/b.png\" has a name that is no plain path below the archive. Pack it "
                        + "anew.", zip("/etc/b.png")),
                row("zip backslash",
                        "data \"ROOT/x.zip\": entry \"a\\b.png\" has a name that is no plain path below the archive. Pack it anew.",
                        zip("a\\b.png")),
                row("one image to split",
                        "data \"x\": class \"a\" has 1 sample, a part to learn from and a part to judge by need 2. Add one, "
                        + "or leave the class out.", zip("a/0.png", "b/0.png", "b/1.png")),
                row("label out of range", "data \"d\": label 2 at index 1, classes are 0..1. Are labels 1-based?",
                        root -> new InMemoryDataset("d", Tensor.zeros(DType.UINT8, Shape.of(2, 1, 1, 1)), Tensor.of(new int[] {1, 2}, 2),
                                List.of("x", "y"))),
                row("size", "image size: \"big\", needs N or HxW, e.g. 64 or 48x64.", root -> PLAIN.withSize("big", 0)),
                row("negative crop", "image size: -4 x -4, needs 1 to 8192 pixels a side.", root -> PLAIN.withSize("-4", 0)),
                row("crop larger than resized", "resize: short side 20 is less than the crop 24 x 24. Resize to 24 or more, or crop less.",
                        root -> PLAIN.withSize("24", 20)),
                row("channels", "image channels: 2, needs 1 (grey) or 3.", root -> PLAIN.withChannels(2)),
                row("share", "val-split: 1.5, needs 0 < share < 1.", root -> PLAIN.withHoldOut(1.5)),
                row("unknown augmentation",
                        "augment \"flop\": unknown; known are resize, rrc, crop, flip, jitter, pca, cutout, mixup, cutmix.",
                        augment("crop:1+flop")),
                row("bad number", "augment \"crop:x\": \"x\" is no number such as 4 or 0.25.", augment("crop:x")),
                row("fraction", "augment \"crop:1.5\": padding is 1.5, needs a whole number.", augment("crop:1.5")),
                row("negative padding", "augment \"crop:-1\": padding is -1, needs 0 to 1024.", augment("crop:-1")),
                row("too many numbers", "augment \"flip:1,2\": has 2 numbers, needs 0 to 1.", augment("flip:1,2")),
                row("number missing", "augment \"cutout\": has 0 numbers, needs 1.", augment("cutout")),
                row("hue", "augment \"jitter:0,0,0,0.6\": hue is 0.6, needs 0 to 0.5.", augment("jitter:0,0,0,0.6")),
                row("twice", "augment \"flip\": comes twice. Leave one out.", augment("flip+flip")),
                row("late source", "augment \"rrc\": starts from the source image and must come first. Change the order.",
                        augment("flip+rrc")),
                row("after mixing", "augment \"flip\": comes after mixup or cutmix, which must be the last and only one. Change the order.",
                        augment("mixup:0.2+flip")),
                row("no crop after resize", "augment \"resize:8+flip\": resize leaves an image larger than the sample. Add crop.",
                        augment("resize:8+flip")),
                row("resized too small", "augment \"resize:3\": a short side of 3 does not hold the sample 4 x 4. Resize to 4 or more.",
                        augment("resize:3+crop")),
                row("cutout too large", "augment \"cutout:5\": the square is larger than the sample 4 x 4. Take a smaller one.",
                        augment("cutout:5")),
                row("range", "augment \"rrc:0.9,0.1\": a range ends before it begins, rrc:0.9,0.1,0.75,1.3333333333333333.",
                        augment("rrc:0.9,0.1")),
                row("colours of grey", "augment \"pca:0.1\": colour axes need 3 channels, samples have 1. Leave pca out.", root ->
                        Augmentation.parse("pca").reader(Digits.split(1, 5, 5).train())),
                row("class weight", "class-weights: \"x\" is no number such as 0.5. Give balanced, or one number a class between commas.",
                        root -> ClassWeights.parse("1,x", ImageFolder.open(root, PLAIN, 1).train())),
                row("weights too few", "class-weights: 1 numbers, data \"ROOT\" has 2 classes; needs one a class.",
                        root -> ClassWeights.parse("1", ImageFolder.open(root, PLAIN, 1).train())),
                row("weight of nothing", "class-weights: 0, needs numbers > 0.",
                        root -> ClassWeights.parse("0,1", ImageFolder.open(root, PLAIN, 1).train())),
                row("class of nothing", "class-weights \"balanced\": class \"b\" has no training sample. Leave it out, or give numbers.",
                        root -> ClassWeights.parse("balanced", ImageFolder.open(root, PLAIN, 1).train().first(1))),
                row("16 bits are read", null, file("train/a/1.png", sixteen)));
    }

    /** Length of the compressed data of the image that is changed. */
    private static int idat() {
        for (int i = 0; i < GOOD.length - 4; i++) {
            if (GOOD[i] == 'I' && GOOD[i + 1] == 'D' && GOOD[i + 2] == 'A') {
                return ByteBuffer.wrap(GOOD).getInt(i - 4);
            }
        }
        throw new AssertionError("no IDAT");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void everyMistakeIsExplained(String name, String message, Mistake mistake) throws IOException {
        Path root = dir.resolve("set");
        for (String path : List.of("train/a/0.png", "train/b/0.png", "test/a/0.png", "test/b/0.png")) {
            Pictures.put(root, path, GOOD);
        }
        if (message == null) {
            mistake.make(root);
            return;
        }
        Executable action = () -> mistake.make(root);
        String told = assertThrows(Exception.class, action).getMessage();
        assertEquals(message, told.replace(root.toString(), "ROOT").replace("\"set\"", "\"ROOT\""));
    }
}
