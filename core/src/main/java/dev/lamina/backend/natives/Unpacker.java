package dev.lamina.backend.natives;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unpacks libraries from the class path. A folder appears under its final name complete or not at all, so that any number of processes may
 * start at once; a file lock only spares them doing it twice.
 *
 * @param libraries what to unpack
 * @param key the folder's name, different for different contents
 * @param what whose libraries they are, for messages
 * @param disk where to write
 */
public record Unpacker(List<Bundled> libraries, String key, String what, Disk disk) {
    private static final Logger LOG = LoggerFactory.getLogger(Unpacker.class);
    private static final Object ONE_THREAD = new Object();

    /**
     * The folder with the libraries below the cache, unpacked now unless it is there and sound.
     *
     * @throws IOException if the cache cannot be written or its folder is not safe
     */
    public Path into(Path cache) throws IOException {
        Path folder = OwnerOnly.folder(cache).resolve(key);
        if (sound(folder)) {
            return folder;
        }
        // Locks belong to the process: its threads need one of their own.
        synchronized (ONE_THREAD) {
            try (FileChannel channel = lockFile(folder.getParent())) {
                lock(channel);
                if (!sound(folder)) {
                    replace(folder);
                }
                return folder;
            }
        }
    }

    /**
     * As {@link #into}, but where the cache cannot serve, into a temporary folder that is deleted at exit.
     *
     * @throws IOException if neither can be written; the message names both reasons
     */
    public Unpacked intoOrTemporary(Path cache) throws IOException {
        try {
            return new Unpacked(into(cache), Optional.empty());
        } catch (IOException e) {
            String before = "cannot unpack into " + cache + ": " + Reasons.of(e);
            LOG.warn("{} is unpacked into a temporary folder at each start, because {} cannot serve: {}", what, cache, Reasons.of(e));
            return new Unpacked(temporary(before), Optional.of(before));
        }
    }

    private Path temporary(String before) throws IOException {
        Path folder = null;
        try {
            folder = Files.createTempDirectory("lamina-natives-").toRealPath();
            Path made = folder;
            Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(made), "lamina-natives-cleanup"));
            fill(folder);
            return folder;
        } catch (IOException e) {
            if (folder != null) {
                Folders.delete(folder);
            }
            throw new IOException(before + "; nor into the temporary folder: " + Reasons.of(e), e);
        }
    }

    /**
     * Where libraries were unpacked.
     *
     * @param folder the folder
     * @param refused why it is a temporary one that goes at exit; empty where it is that of the cache
     */
    public record Unpacked(Path folder, Optional<String> refused) { }

    /** Unpacks into a folder that nobody else knows. */
    public void fill(Path folder) throws IOException {
        long needed = libraries.stream().mapToLong(Bundled::size).sum();
        long free = disk.free(folder);
        if (free < needed) {
            throw new IOException(space(folder, needed, free));
        }
        List<Contents.Entry> entries = new ArrayList<>();
        try {
            for (Bundled library : libraries) {
                entries.add(copy(library, folder.resolve(library.name())));
            }
            Contents.write(folder, entries);
        } catch (IOException e) {
            throw new IOException(Reasons.of(e) + " (" + space(folder, needed, disk.free(folder)) + ")", e);
        }
    }

    private static String space(Path folder, long needed, long free) {
        return "%,d bytes are needed and %,d are free in %s".formatted(needed, free, folder.getParent());
    }

    private static boolean sound(Path folder) {
        return Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && Contents.problem(folder).isEmpty();
    }

    private void replace(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            LOG.warn("{} is unpacked again: {}", folder, Contents.problem(folder).orElse("it changed"));
            Folders.discard(folder);
        }
        Folders.sweep(folder.getParent());
        Path part = Files.createTempDirectory(folder.getParent(), Folders.HALF_WRITTEN);
        try {
            fill(part);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            LOG.info("unpacked {} into {}", what, folder);
        } catch (IOException e) {
            Folders.delete(part);
            // Where locks do not work, another process may have been first.
            if (!sound(folder)) {
                throw e;
            }
        }
    }

    private Contents.Entry copy(Bundled library, Path file) throws IOException {
        MessageDigest digest = Contents.sha256();
        CRC32 crc = new CRC32();
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        try (InputStream in = library.open(); OutputStream out = disk.create(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                digest.update(buffer, 0, n);
                crc.update(buffer, 0, n);
                size += n;
            }
        }
        if (size != library.size() || crc.getValue() != library.crc()) {
            throw new IOException(library.url() + " is damaged: %d bytes with CRC-32 %08x instead of %d with %08x"
                    .formatted(size, crc.getValue(), library.size(), library.crc()));
        }
        OwnerOnly.seal(file);
        long modified = Files.getLastModifiedTime(file).toMillis();
        return new Contents.Entry(library.name(), size, modified, HexFormat.of().formatHex(digest.digest()));
    }

    private static FileChannel lockFile(Path cache) throws IOException {
        return FileChannel.open(cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    /** Held until the channel is closed. Some network file systems have no locks. */
    private void lock(FileChannel channel) {
        try {
            if (channel.tryLock() == null) {
                LOG.info("waiting for another process that unpacks {}", what);
                channel.lock();
            }
        } catch (IOException e) {
            LOG.debug("no lock on the cache: {}", Reasons.of(e));
        }
    }
}
