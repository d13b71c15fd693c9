package dev.lamina.io;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.lamina.tensor.Philox;
import dev.lamina.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to a file's bytes, a reader either succeeds or says that the file is corrupt, and allocates little. */
class FileFuzzTest {
    private static final long LIMIT = 8L << 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    private Path dir;

    @FunctionalInterface
    private interface Reader {
        void read(Path file) throws IOException;
    }

    @Test
    void safetensors() throws IOException {
        Path file = dir.resolve("valid");
        Safetensors.write(file, Map.of("w", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2)), Map.of("k", "v"));
        fuzz(file, 6000, f -> {
            try (SafetensorsFile read = Safetensors.read(f)) {
                read.tensors();
            }
        });
    }

    @Test
    void idxPlainAndZipped() throws IOException {
        byte[] idx = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};
        fuzz(Files.write(dir.resolve("plain"), idx), 5000, IdxFile::readImages);
        fuzz(Files.write(dir.resolve("zipped"), zip(idx)), 5000, IdxFile::readImages);
        fuzz(Files.write(dir.resolve("labels"), new byte[] {0, 0, 8, 1, 0, 0, 0, 3, 0, 9, 1}), 2000, f -> IdxFile.readLabels(f, 10));
    }

    @Test
    void cifar() throws IOException {
        byte[] record = new byte[3073];
        record[0] = 9;
        fuzz(Files.write(dir.resolve("cifar"), record), 1500, f -> CifarFile.read(List.of(f), CifarFile.Variant.CIFAR10));
        fuzz(Files.write(dir.resolve("cifar.gz"), zip(record)), 3000, f -> CifarFile.read(List.of(f), CifarFile.Variant.CIFAR10));
    }

    @Test
    void images() throws IOException {
        BufferedImage image = new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB);
        image.setRGB(3, 3, 0xff8800);
        for (String format : List.of("png", "jpg")) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            ImageIO.write(image, format, bytes);
            fuzz(Files.write(dir.resolve("image." + format), bytes.toByteArray()), 1500, ImageFile::read, 64L * ImageFile.MAX_PIXELS);
        }
    }

    private void fuzz(Path valid, int rounds, Reader reader) throws IOException {
        fuzz(valid, rounds, reader, LIMIT);
    }

    private void fuzz(Path valid, int rounds, Reader reader, long limit) throws IOException {
        reader.read(valid);
        byte[] bytes = Files.readAllBytes(valid);
        Philox.Stream random = new Philox.Stream(rounds, 0, 0);
        Path file = dir.resolve("mutant");
        for (int round = 0; round < rounds; round++) {
            byte[] mutant = mutate(bytes, random);
            Files.write(file, mutant);
            long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId());
            try {
                reader.read(file);
            } catch (CorruptFileException e) {
                assertTrue(e.getMessage().startsWith("mutant: "), e.getMessage());
            } catch (IOException | RuntimeException | Error e) {
                throw new AssertionError("round " + round + " of " + valid.getFileName() + ": " + Arrays.toString(mutant), e);
            }
            long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().threadId()) - before;
            assertTrue(allocated < limit, () -> valid.getFileName() + ": allocated " + allocated + " bytes");
        }
    }

    private static byte[] mutate(byte[] bytes, Philox.Stream random) {
        byte[] mutant = bytes.clone();
        for (int change = random.nextInt(3); change >= 0; change--) {
            if (mutant.length == 0) {
                return mutant;
            }
            int at = random.nextInt(mutant.length);
            switch (random.nextInt(6)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt();
                case 2 -> mutant[at] = (byte) 0xff;
                case 3 -> mutant = Arrays.copyOf(mutant, at);
                case 4 -> mutant = splice(mutant, at, new byte[] {(byte) random.nextInt(), (byte) random.nextInt()});
                default -> mutant = splice(mutant, at, "9223372036854775807".getBytes(StandardCharsets.US_ASCII));
            }
        }
        return mutant;
    }

    private static byte[] splice(byte[] bytes, int at, byte[] inserted) {
        byte[] longer = new byte[bytes.length + inserted.length];
        System.arraycopy(bytes, 0, longer, 0, at);
        System.arraycopy(inserted, 0, longer, at, inserted.length);
        System.arraycopy(bytes, at, longer, at + inserted.length, bytes.length - at);
        return longer;
    }

    private static byte[] zip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }
}
