package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lamina.io.onnx.OnnxAttribute;
import dev.lamina.io.onnx.OnnxFile;
import dev.lamina.io.onnx.OnnxFunction;
import dev.lamina.io.onnx.OnnxGraph;
import dev.lamina.io.onnx.OnnxModel;
import dev.lamina.io.onnx.OnnxNode;
import dev.lamina.io.onnx.OnnxValue;
import dev.lamina.io.onnx.OnnxWriter;
import dev.lamina.tensor.DType;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Shape;
import dev.lamina.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a file's bytes, a reader either succeeds or says that the file is corrupt, and allocates in proportion to the bytes
 * that are there.
 */
class FileFuzzTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final byte[] IDX = HexFormat.of().parseHex("0000080300000002000000020000000201020304050607ff");

    /** A node with an attribute of each kind, and an initializer that is large enough to lie in another file. */
    private static final OnnxModel ONNX = new OnnxModel(8, "lamina 1", Map.of("", 17L), new OnnxGraph("g",
            List.of(new OnnxNode("n", "d", "Op", List.of("x", "w"), List.of("y"), Map.of("f", new OnnxAttribute.Number(1.5f),
                    "i", new OnnxAttribute.Integer(300), "s", new OnnxAttribute.Text("text"),
                    "t", new OnnxAttribute.OfTensor(Tensor.of(new long[] {1, 2})), "fs", new OnnxAttribute.Numbers(List.of(1f, 2f)),
                    "is", new OnnxAttribute.Integers(List.of(1L, -1L)), "ss", new OnnxAttribute.Texts(List.of("a", "b")),
                    "r", new OnnxAttribute.Reference("outer")))),
            Map.of("w", Tensor.zeros(DType.FLOAT32, Shape.of(4, 64)), "h", Tensor.zeros(DType.FLOAT16, Shape.of(3))),
            List.of(new OnnxValue("x", Optional.of(DType.UINT8),
                    Optional.of(List.of(new OnnxValue.Dim.Free("N"), new OnnxValue.Dim.Fixed(3))))),
            List.of(new OnnxValue("y", Optional.empty(), Optional.empty()))),
            List.of(new OnnxFunction("d", "Op", List.of("a"), List.of("b"), Map.of("f", new OnnxAttribute.Number(2)), List.of(),
                    Map.of("", 17L))), Map.of("classes", "[]"));

    /** Rounds in which classes are loaded and jars opened; what they allocate is not the readers'. */
    private static final int WARM_UP = 100;

    @TempDir
    private Path dir;

    @FunctionalInterface
    private interface Reader {
        void read(Path file) throws IOException;
    }

    /** How much reading may allocate: a constant for buffers, and some bytes for each byte of the file. */
    private record Budget(long constant, long perByte) {
        static final Budget TEXT = new Budget(256 << 10, 256);
        static final Budget BINARY = new Budget(256 << 10, 8);
        static final Budget ZIPPED = new Budget(256 << 10, 8 * 1032);
        /** A byte of JPEG or of deflate describes up to 1,032 pixels or bytes, held a few times over in decoding. */
        static final Budget IMAGE = new Budget(1 << 20, 16 * 1032);
        /** This decoder holds some objects for each block of 4 x 4 pixels. */
        static final Budget WEBP = new Budget(4 << 20, 64 * 1032);
    }

    @Test
    void safetensorsSurviveTwentyThousandMutations() throws IOException {
        Path file = dir.resolve("valid");
        Safetensors.write(file, Map.of("conv.w", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2), "b", Tensor.of(DType.INT64, new double[] {7}),
                "m", Tensor.of(DType.BOOL, new double[] {1, 0, 1})), Map.of("format", "pt"));
        int read = fuzz(file, 20_000, Budget.TEXT, FileFuzzTest::readSafetensors, Mutations::mutate);
        assertTrue(read > 100, "changes of the data alone load, a tenth of the bytes: " + read);
    }

    /** The header's length stays true, so that what is behind its check is tried. */
    @Test
    void safetensorsSurviveChangesOfTheJsonAlone() throws IOException {
        String header = "{\"__metadata__\":{\"k\":\"v\"},\"a\":{\"dtype\":\"F16\",\"shape\":[1,2],\"data_offsets\":[0,4]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[4,5]}}";
        Path file = Files.write(dir.resolve("json"), SafetensorsTest.assemble(header, 1, 2, 3, 4, 5));
        fuzz(file, 10_000, Budget.TEXT, FileFuzzTest::readSafetensors, (bytes, random) -> {
            byte[] json = Mutations.mutate(Arrays.copyOfRange(bytes, 8, bytes.length - 5), random);
            return SafetensorsTest.assemble(new String(json, StandardCharsets.ISO_8859_1), 1, 2, 3, 4, 5);
        });
    }

    private static void readSafetensors(Path file) throws IOException {
        try (SafetensorsFile read = Safetensors.read(file)) {
            read.tensors();
        }
    }

    @Test
    void onnx() throws IOException {
        Path file = Files.write(dir.resolve("valid.onnx"), OnnxWriter.bytes(ONNX));
        int read = fuzz(file, 4000, Budget.TEXT, OnnxFile::read, Mutations::mutate);
        assertTrue(read > 200, "numbers and names may change: " + read);
        OnnxWriter.write(file, ONNX, OnnxWriter.Storage.BESIDE);
        fuzz(file, 1000, Budget.TEXT, OnnxFile::read, Mutations::mutate);
    }

    @Test
    void idx() throws IOException {
        fuzz(Files.write(dir.resolve("plain"), IDX), 6000, Budget.BINARY, IdxFile::readImages, Mutations::mutate);
        fuzz(Files.write(dir.resolve("labels"), HexFormat.of().parseHex("0000080100000003000901")), 3000, Budget.BINARY,
                file -> IdxFile.readLabels(file, 10), Mutations::mutate);
    }

    /** The compressed bytes are damaged, or what was compressed. */
    @Test
    void zippedIdx() throws IOException {
        fuzz(Files.write(dir.resolve("zipped"), Mutations.zip(IDX)), 6000, Budget.ZIPPED, IdxFile::readImages, (bytes, random) -> {
            try {
                return random.nextInt(3) > 0 ? Mutations.mutate(bytes, random) : Mutations.zip(Mutations.mutate(IDX, random));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void cifar() throws IOException {
        byte[] record = new byte[3073];
        record[0] = 9;
        Reader reader = file -> CifarFile.read(List.of(file), CifarFile.Variant.CIFAR10);
        fuzz(Files.write(dir.resolve("cifar"), record), 3000, Budget.BINARY, reader, Mutations::mutate);
        fuzz(Files.write(dir.resolve("cifar.gz"), Mutations.zip(record)), 3000, Budget.ZIPPED, reader, Mutations::mutate);
    }

    /** Most mutants get their checksums repaired, else nothing behind these would be tried. */
    @Test
    void png() throws IOException {
        for (byte[] valid : List.of(ImageFileTest.encode("png", 9, 7, BufferedImage.TYPE_INT_ARGB),
                PngBytes.image(9, 2, 4, 0, new byte[12]),
                new PngBytes().header(2, 2, 1, 3).chunk("PLTE", new byte[6]).chunk("tRNS", new byte[2]).data(new byte[4]).chunk("IEND")
                        .bytes())) {
            fuzz(Files.write(dir.resolve("image.png"), valid), 3000, Budget.IMAGE, ImageFile::read, (bytes, random) -> {
                byte[] mutant = Mutations.mutate(bytes, random);
                if (random.nextInt(4) > 0) {
                    PngBytes.repair(mutant);
                }
                return mutant;
            });
        }
    }

    @Test
    void jpeg() throws IOException {
        for (int type : new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY}) {
            fuzz(Files.write(dir.resolve("image.jpg"), ImageFileTest.encode("jpg", 9, 7, type)), 3000, Budget.IMAGE, ImageFile::read,
                    Mutations::mutate);
        }
    }

    /** The decoder is another library's: what it throws must become our error, and what it takes must stay in bounds. */
    @Test
    void webp() throws IOException {
        for (byte[] valid : List.of(WebpTest.LOSSY, WebpTest.extended(WebpTest.LOSSY))) {
            Files.write(dir.resolve("image.webp"), valid);
            fuzz(dir.resolve("image.webp"), 700, Budget.WEBP, file -> ImageFile.read(file, 1 << 16), Mutations::mutate);
        }
    }

    /** Returns how many mutants were read without complaint. */
    private int fuzz(Path valid, int rounds, Budget budget, Reader reader, BiFunction<byte[], Philox.Stream, byte[]> mutate)
            throws IOException {
        reader.read(valid);
        byte[] bytes = Files.readAllBytes(valid);
        Philox.Stream random = new Philox.Stream(rounds, bytes.length, 0);
        Path file = dir.resolve("mutant");
        int read = 0;
        for (int round = -WARM_UP; round < rounds; round++) {
            byte[] mutant = mutate.apply(bytes, random);
            Files.write(file, mutant);
            long before = THREADS.getCurrentThreadAllocatedBytes();
            try {
                reader.read(file);
                read++;
            } catch (CorruptFileException e) {
                assertEquals("mutant: ", e.getMessage().substring(0, 8));
                assertTrue(e.getMessage().length() < 1000 && e.getMessage().endsWith("."), e.getMessage());
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError("round " + round + " of " + valid.getFileName() + ": " + HexFormat.of().formatHex(mutant), e);
            }
            long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
            if (round >= 0 && allocated > budget.constant + budget.perByte * mutant.length) {
                throw new AssertionError("round " + round + " of " + valid.getFileName() + " allocated " + allocated + " bytes: "
                        + HexFormat.of().formatHex(mutant));
            }
        }
        return read;
    }
}
