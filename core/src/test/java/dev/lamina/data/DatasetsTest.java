package dev.lamina.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lamina.data.CatalogEntry.Format;
import dev.lamina.data.CatalogEntry.Remote;
import dev.lamina.io.CorruptFileException;
import dev.lamina.tensor.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetsTest {
    @TempDir
    private Path dir;

    /** IDX files of blank images; label of image {@code i} is {@code i mod 10}. */
    private static void writeIdx(Path folder, int train, int test) throws IOException {
        Files.createDirectories(folder);
        for (String part : new String[] {"train", "t10k"}) {
            int n = part.equals("train") ? train : test;
            Files.write(folder.resolve(part + "-images-idx3-ubyte"),
                    ByteBuffer.allocate(16 + n * 784).putInt(0x803).putInt(n).putInt(28).putInt(28).array());
            ByteBuffer labels = ByteBuffer.allocate(8 + n).putInt(0x801).putInt(n);
            IntStream.range(0, n).forEach(i -> labels.put((byte) (i % 10)));
            Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels.array());
        }
    }

    private static byte[] cifarRecords(int n, int labelBytes) {
        byte[] records = new byte[n * (3072 + labelBytes)];
        for (int i = 0; i < n; i++) {
            records[i * (3072 + labelBytes) + labelBytes - 1] = (byte) (i % 10);
            records[i * (3072 + labelBytes) + labelBytes] = (byte) i;
        }
        return records;
    }

    private static byte[] cifarTar() {
        TarArchiveTest.TarBuilder tar = new TarArchiveTest.TarBuilder().add("cifar-10-batches-bin/", '5', new byte[0]);
        for (int batch = 1; batch <= 5; batch++) {
            tar.add("cifar-10-batches-bin/data_batch_" + batch + ".bin", '0', cifarRecords(batch, 1));
        }
        return tar.add("cifar-10-batches-bin/test_batch.bin", '0', cifarRecords(4, 1)).bytes();
    }

    @Test
    void digitsNeedNoFilesAndObeySeedAndLimits() throws IOException {
        DataOptions options = DataOptions.in(dir.resolve("nowhere")).withSeed(4).withLimits(20, 10);
        Split split = Datasets.open("digits", options);
        assertEquals(20, split.train().size());
        assertEquals(10, split.test().size());
        assertEquals(10, split.train().classNames().size());
    }

    @Test
    void filesAreFoundInTheSubFolderAndDirectlyInTheFolder() throws IOException {
        writeIdx(dir.resolve("mnist"), 30, 20);
        for (Path folder : List.of(dir, dir.resolve("mnist"))) {
            Split split = Datasets.open("mnist", DataOptions.in(folder).withLimits(25, 0));
            assertEquals(25, split.train().size());
            assertEquals(20, split.test().size());
            assertEquals(3, split.test().label(13));
        }
    }

    @Test
    void gzipAndDottedNamesAreFound() throws IOException {
        Path folder = dir.resolve("mnist");
        writeIdx(folder, 30, 20);
        Path images = folder.resolve("train-images-idx3-ubyte");
        TarArchiveTest.gzip(Files.readAllBytes(images), folder.resolve("train-images-idx3-ubyte.gz"));
        Files.delete(images);
        Files.move(folder.resolve("t10k-labels-idx1-ubyte"), folder.resolve("t10k-labels.idx1-ubyte"));
        assertEquals(30, Datasets.open("mnist", DataOptions.in(dir)).train().size());
    }

    @Test
    void missingFilesAreReportedWithFoldersNamesAndTheWayOut() throws IOException {
        assertEquals("data \"mnist\": not found in " + dir.resolve("mnist") + ", " + dir + " (needs train-images-idx3-ubyte, "
                + "train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte, each plain or .gz). Pass --data-dir DIR, or "
                + "set LAMINA_DATA, to the folder that holds mnist/, or add --download to fetch it to " + dir.resolve("mnist") + ".",
                failure("mnist"));
        assertEquals("data \"cifar100\": not found in " + dir.resolve("cifar100") + ", " + dir.resolve("cifar100/cifar-100-binary") + ", "
                + dir.resolve("cifar-100-binary") + ", " + dir + " (needs train.bin, test.bin, each plain or .gz, or "
                + "cifar-100-binary.tar.gz). Pass --data-dir DIR, or set LAMINA_DATA, to the folder that holds cifar100/, or add "
                + "--download to fetch it to " + dir.resolve("cifar100") + ".", failure("cifar100"));
        assertEquals("data \"cifar10-part\": not found in " + dir.resolve("cifar10") + ", " + dir + " (needs train_first4000.bin, "
                + "test_first1000.bin, each plain or .gz). Pass --data-dir DIR, or set LAMINA_DATA, to the folder that holds cifar10/; no "
                + "address is known to fetch it from.", failure("cifar10-part"));
        Files.createDirectories(dir.resolve("optdigits"));
        Files.write(dir.resolve("optdigits/optdigits.tes"), new byte[0]);
        assertEquals("data \"optdigits\": not found in " + dir.resolve("optdigits") + ", " + dir + "; " + dir.resolve("optdigits")
                + " lacks optdigits.tra (needs optdigits.tra, optdigits.tes, each plain or .gz). Pass --data-dir DIR, or set LAMINA_DATA, "
                + "to the folder that holds optdigits/, or add --download to fetch it to " + dir.resolve("optdigits") + ".",
                failure("optdigits"));
    }

    private String failure(String name) {
        return assertThrows(DataException.class, () -> Datasets.open(name, DataOptions.in(dir))).getMessage();
    }

    @Test
    void anUnknownNameAndBadLimitsAreRefused() {
        assertEquals("data \"mnst\": unknown; known are digits, mnist, fashion-mnist, cifar10, cifar10-part, cifar100, optdigits, "
                        + "cifar10-jpg, flowers, and paths of folders or .zip files of images.",
                assertThrows(IllegalArgumentException.class, () -> Datasets.open("mnst", DataOptions.in(dir))).getMessage());
        assertEquals("data: trainLimit = -1, testLimit = 0, needs >= 0 (0 for all samples).",
                assertThrows(IllegalArgumentException.class, () -> DataOptions.in(dir).withLimits(-1, 0)).getMessage());
    }

    @Test
    void theDefaultFolderComesFromTheEnvironmentElseTheCache() {
        assertEquals(Path.of("/data/sets"), DataOptions.defaultDir(Map.of("LAMINA_DATA", "/data/sets"), "/home/me"));
        assertEquals(Path.of("/home/me/.cache/lamina/data"), DataOptions.defaultDir(Map.of("LAMINA_DATA", " "), "/home/me"));
        assertEquals(Path.of("/home/me/.cache/lamina/data"), DataOptions.defaultDir(Map.of(), "/home/me"));
    }

    @Test
    void cifarIsReadFromItsArchiveWhichIsUnpackedOnce() throws IOException {
        Path folder = Files.createDirectories(dir.resolve("cifar10"));
        Path archive = TarArchiveTest.gzip(cifarTar(), folder.resolve("cifar-10-binary.tar.gz"));
        Split split = Datasets.open("cifar10", DataOptions.in(dir));
        assertEquals(15, split.train().size());
        assertEquals(4, split.test().size());
        assertEquals(Shape.of(3, 32, 32), split.train().sampleShape());
        assertEquals(3, split.test().label(3));
        Files.delete(archive);
        assertEquals(15, Datasets.open("cifar10", DataOptions.in(dir)).train().size());
    }

    @Test
    void cifar100TakesTheFineLabels() throws IOException {
        Path folder = Files.createDirectories(dir.resolve("cifar-100-binary"));
        Files.write(folder.resolve("train.bin"), cifarRecords(12, 2));
        Files.write(folder.resolve("test.bin"), cifarRecords(5, 2));
        Split split = Datasets.open("cifar100", DataOptions.in(dir));
        assertEquals(4, split.test().label(4));
        assertEquals(100, split.test().classNames().size());
        assertEquals("worm", split.test().classNames().get(99));
        assertEquals(split.test().classNames().stream().sorted().distinct().toList(), split.test().classNames());
    }

    @Test
    void imagesAndLabelsThatDoNotFitAreRefusedWithTheFolder() throws IOException {
        writeIdx(dir.resolve("mnist"), 30, 20);
        Files.copy(dir.resolve("mnist/t10k-labels-idx1-ubyte"), dir.resolve("l"));
        Files.move(dir.resolve("l"), dir.resolve("mnist/train-labels-idx1-ubyte"), StandardCopyOption.REPLACE_EXISTING);
        assertEquals("data \"mnist\": 30 images, 20 labels (must be equal). Do both files belong together? Read from "
                + dir.resolve("mnist") + ".", failure("mnist"));
    }

    @Test
    void malformedOptdigitsAreRefusedWithTheLine() throws IOException {
        Path train = dir.resolve("optdigits.tra");
        String good = "0,".repeat(64) + "7\n";
        Files.writeString(dir.resolve("optdigits.tes"), good);
        for (String[] bad : new String[][] {{"1,2\n", "2 numbers, needs 65"}, {"17," + "0,".repeat(63) + "7", "\"17\" is not in 0..16"},
            {"0,".repeat(64) + "10", "\"10\" is not in 0..9"}, {"\n", "1 numbers, needs 65"},
            {"x".repeat(5000), "more than 1000 characters"}, {"-1," + "0,".repeat(63) + "7", "\"-1\" is not in 0..16"}}) {
            Files.writeString(train, good + bad[0]);
            String message = assertThrows(CorruptFileException.class, () -> Datasets.open("optdigits", DataOptions.in(dir))).getMessage();
            assertEquals("optdigits.tra: line 2: " + bad[1] + " (64 levels 0..16 and a label 0..9 on each line). Delete " + train
                    + " and fetch it again.", message);
        }
    }

    @Test
    void optdigitsLevelsBecomeStepsOfFifteen() throws IOException {
        Files.writeString(dir.resolve("optdigits.tra"), "16,1," + "0,".repeat(62) + "7\r\n");
        Files.writeString(dir.resolve("optdigits.tes"), "0,".repeat(64) + "3");
        Split split = Datasets.open("optdigits", DataOptions.in(dir));
        byte[] pixels = DigitsTest.sample(split.train(), 0);
        assertEquals(240, pixels[0] & 0xff);
        assertEquals(15, pixels[1]);
        assertEquals(7, split.train().label(0));
        assertEquals(1, split.test().size());
    }

    @Test
    void aMissingSetIsFetchedWhenAskedForAndThenFound() throws Exception {
        byte[] archive = Files.readAllBytes(TarArchiveTest.gzip(cifarTar(), dir.resolve("served")));
        String md5 = HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(archive));
        try (LoopbackServer server = new LoopbackServer(exchange -> LoopbackServer.serve(exchange, archive))) {
            CatalogEntry real = Catalog.ENTRIES.stream().filter(entry -> entry.format() == Format.CIFAR10).findFirst().orElseThrow();
            CatalogEntry entry = new CatalogEntry(real.name(), "", real.folder(), real.format(), real.sampleShape(), 15, 4,
                    real.classNames(), real.trainFiles(), real.testFiles(), real.archive(),
                    List.of(new Remote(real.archive(), List.of(server.address("/").toString()), Checksum.md5(md5))));
            assertThrows(DataException.class, () -> DataFiles.open(entry, DataOptions.in(dir)));
            assertEquals(0, server.requests());
            Split split = DataFiles.open(entry, DataOptions.in(dir).downloading(DownloadProgress.NONE));
            assertEquals(15, split.train().size());
            DataFiles.open(entry, DataOptions.in(dir).downloading(DownloadProgress.NONE));
            assertEquals(1, server.requests());
        }
    }

    @Test
    void theListTellsWhatIsThereAndWhereItWasLookedFor() throws IOException {
        writeIdx(dir.resolve("fashion-mnist"), 10, 10);
        List<DatasetInfo> infos = Datasets.list(dir);
        assertEquals(Datasets.names(), infos.stream().map(DatasetInfo::name).toList());
        assertTrue(infos.getFirst().present());
        for (DatasetInfo info : infos.subList(1, infos.size())) {
            boolean here = info.name().equals("fashion-mnist");
            assertEquals(here, info.present());
            assertEquals(here ? Optional.of(dir.resolve("fashion-mnist")) : Optional.empty(), info.foundIn());
            assertEquals(dir, info.lookedIn().getLast());
            assertFalse(info.description().isBlank());
            assertEquals(!List.of("cifar10-part", "cifar10-jpg", "flowers").contains(info.name()), info.downloadable());
        }
    }
}
