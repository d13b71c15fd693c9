package dev.lamina.data;

import dev.lamina.data.CatalogEntry.Format;
import dev.lamina.data.CatalogEntry.Remote;
import dev.lamina.io.CifarFile;
import dev.lamina.io.IdxFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds, fetches and reads the files of a catalogued data set. Stateless and thread-safe. */
final class DataFiles {
    private static final Logger LOG = LoggerFactory.getLogger(DataFiles.class);
    /** A CIFAR batch of 10,000 (CIFAR-100: 50,000) records with room to spare. */
    private static final long LARGEST_MEMBER = 256L << 20;

    private DataFiles() { }

    /** The folders in which a set is looked for, in order: its own, those which its archive unpacks to, the data folder itself. */
    static List<Path> folders(CatalogEntry entry, Path dir) {
        Path own = dir.resolve(entry.folder());
        List<Path> folders = new ArrayList<>(List.of(own));
        if (entry.archive() != null) {
            String unpacked = entry.format() == Format.CIFAR10 ? "cifar-10-batches-bin" : "cifar-100-binary";
            folders.add(own.resolve(unpacked));
            folders.add(dir.resolve(unpacked));
        }
        folders.add(dir);
        return List.copyOf(new LinkedHashSet<>(folders));
    }

    /** The first folder that holds all files, or the archive with them. */
    static Optional<Path> locate(CatalogEntry entry, Path dir) {
        List<Path> folders = folders(entry, dir);
        return folders.stream().filter(folder -> present(entry, folder).size() == entry.files().size()).findFirst()
                .or(() -> folders.stream().filter(folder -> archive(entry, folder) != null).findFirst());
    }

    private static Path archive(CatalogEntry entry, Path folder) {
        Path archive = entry.archive() == null ? null : folder.resolve(entry.archive());
        return archive != null && Files.isRegularFile(archive) ? archive : null;
    }

    /** Which files of a set a folder holds, by name. */
    private static Map<String, Path> present(CatalogEntry entry, Path folder) {
        Map<String, Path> found = new TreeMap<>();
        for (String file : entry.files()) {
            String dotted = file.replace("-idx", ".idx");
            Stream.of(file, file + ".gz", dotted, dotted + ".gz").map(folder::resolve).filter(Files::isRegularFile).findFirst()
                    .ifPresent(path -> found.put(file, path));
        }
        return found;
    }

    /** The set, fetched before if the options allow it. */
    static Split open(CatalogEntry entry, DataOptions options) throws IOException {
        Optional<Path> folder = locate(entry, options.dir());
        if (folder.isEmpty() && options.download() && !entry.remote().isEmpty()) {
            fetch(entry, options);
            folder = locate(entry, options.dir());
        }
        if (folder.isEmpty()) {
            throw missing(entry, options);
        }
        Map<String, Path> files = present(entry, folder.get());
        if (entry.format() == Format.IMAGES) {
            return images(entry, files.get(entry.trainFiles().getFirst()), options);
        }
        try {
            return files.size() == entry.files().size() ? read(entry, files) : readArchive(entry, folder.get());
        } catch (IllegalArgumentException e) {
            throw new DataException(e.getMessage() + " Read from " + folder.get() + ".", e);
        }
    }

    private static void fetch(CatalogEntry entry, DataOptions options) throws IOException {
        Path folder = options.dir().resolve(entry.folder());
        for (Remote remote : entry.remote()) {
            List<URI> mirrors = remote.bases().stream().map(base -> URI.create(base + remote.fileName())).toList();
            LOG.info("data \"{}\": fetching {} to {}", entry.name(), mirrors.getFirst(), folder);
            Download.of(mirrors, remote.checksum()).withProgress(options.progress()).to(folder.resolve(remote.fileName()));
        }
    }

    private static DataException missing(CatalogEntry entry, DataOptions options) {
        StringBuilder text = new StringBuilder("data \"" + entry.name() + "\": not found in "
                + folders(entry, options.dir()).stream().map(Path::toString).collect(Collectors.joining(", ")));
        for (Path folder : folders(entry, options.dir())) {
            Map<String, Path> found = present(entry, folder);
            if (!found.isEmpty()) {
                text.append("; ").append(folder).append(" lacks ")
                        .append(entry.files().stream().filter(file -> !found.containsKey(file)).collect(Collectors.joining(", ")));
            }
        }
        text.append(" (needs ").append(String.join(", ", entry.files())).append(", each plain or .gz");
        if (entry.archive() != null) {
            text.append(", or ").append(entry.archive());
        }
        text.append("). Pass --data-dir DIR, or set LAMINA_DATA, to the folder that holds ").append(entry.folder()).append("/");
        if (entry.remote().isEmpty()) {
            text.append("; no address is known to fetch it from.");
        } else {
            text.append(options.download() ? "." : ", or add --download to fetch it to " + options.dir().resolve(entry.folder()) + ".");
        }
        return new DataException(text.toString());
    }

    /** Unpacks the archive beside itself, or where that cannot be written, into a temporary folder for the time of reading. */
    private static Split readArchive(CatalogEntry entry, Path folder) throws IOException {
        Path archive = archive(entry, folder);
        boolean keep = Files.isWritable(folder);
        Path target = keep ? folder : Files.createTempDirectory("lamina-" + entry.name());
        LOG.info("data \"{}\": unpacking {} to {}", entry.name(), archive, target);
        try {
            TarArchive.extract(archive, new HashSet<>(entry.files()), LARGEST_MEMBER, target);
            return read(entry, present(entry, target));
        } finally {
            if (!keep) {
                for (String file : entry.files()) {
                    Files.deleteIfExists(target.resolve(file));
                }
                Files.deleteIfExists(target);
            }
        }
    }

    private static Split read(CatalogEntry entry, Map<String, Path> files) throws IOException {
        if (entry.format() == Format.IDX) {
            refuseOtherSet(entry, files);
        }
        Split split = new Split(read(entry, entry.trainFiles(), files), read(entry, entry.testFiles(), files));
        if (!split.train().sampleShape().equals(entry.sampleShape())) {
            throw new IllegalArgumentException("data \"" + entry.name() + "\": images have shape " + split.train().sampleShape()
                    + ", needs " + entry.sampleShape() + ".");
        }
        return split;
    }

    private static Split images(CatalogEntry entry, Path archive, DataOptions options) throws IOException {
        Split split = ImageFolder.open(entry.name(), archive, options.images(), options.seed(), entry.sampleShape());
        if (!split.train().classNames().equals(entry.classNames())) {
            throw new DataException("data \"" + entry.name() + "\": " + archive + " has classes " + split.train().classNames()
                    + ", needs " + entry.classNames() + ". Open another set by its path.");
        }
        return split;
    }

    private static Dataset read(CatalogEntry entry, List<String> names, Map<String, Path> files) throws IOException {
        List<Path> paths = names.stream().map(files::get).toList();
        return switch (entry.format()) {
            case IDX -> new InMemoryDataset(entry.name(), IdxFile.readImages(paths.get(0)),
                    IdxFile.readLabels(paths.get(1), entry.classNames().size()), entry.classNames());
            case CIFAR10 -> cifar(entry, CifarFile.read(paths, CifarFile.Variant.CIFAR10));
            case CIFAR100 -> cifar(entry, CifarFile.read(paths, CifarFile.Variant.CIFAR100));
            case IMAGES -> throw new IllegalStateException("images are read as one");
            case OPTDIGITS -> OptdigitsFile.read(entry.name(), paths.getFirst(), entry.classNames());
        };
    }

    private static Dataset cifar(CatalogEntry entry, CifarFile.ImagesAndLabels batch) {
        return new InMemoryDataset(entry.name(), batch.images(), batch.labels(), entry.classNames());
    }

    /** MNIST and Fashion-MNIST have the same file names: their test labels tell which set a folder holds. */
    private static void refuseOtherSet(CatalogEntry entry, Map<String, Path> files) throws DataException {
        Path labels = files.get(entry.testFiles().getLast());
        for (CatalogEntry other : Catalog.ENTRIES) {
            if (other.format() != Format.IDX || other.name().equals(entry.name())) {
                continue;
            }
            String published = other.remote().getLast().checksum().hex();
            if (isContent(labels, new Checksum("SHA-256", published, labels.toString().endsWith(".gz")))) {
                throw new DataException("data \"" + entry.name() + "\": " + labels + " belongs to " + other.name()
                        + " (by its SHA-256). Open that, or pass --data-dir of a folder that holds " + entry.folder() + "/.");
            }
        }
    }

    private static boolean isContent(Path file, Checksum checksum) {
        try {
            return checksum.compute(file).equals(checksum.hex());
        } catch (IOException e) {
            LOG.debug("{} cannot be unpacked; its reader will say why", file, e);
            return false;
        }
    }
}
