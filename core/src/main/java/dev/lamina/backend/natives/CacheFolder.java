package dev.lamina.backend.natives;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of files that can be made again, the user's own: only he can read or write it, a file appears whole or not at all, and a lock
 * keeps several processes from making the same file. Where the folder cannot serve, one warning says why and it behaves as if it were empty
 * and forgot all that is written; one that can only be read is read. Thread-safe.
 */
public final class CacheFolder {
    private static final Logger LOG = LoggerFactory.getLogger(CacheFolder.class);

    private static final ConcurrentMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final Path wanted;
    private final Disk disk;
    private Path folder;
    private volatile String problem = "";
    private boolean opened;

    private CacheFolder(Path wanted, Disk disk) {
        this.wanted = wanted;
        this.disk = disk;
    }

    /** The folder of that name below {@link UserCache}; nothing is made before it is used. */
    public static CacheFolder named(String name) {
        return at(UserCache.folder().resolve(name));
    }

    /** This folder; nothing is made before it is used. */
    public static CacheFolder at(Path folder) {
        return new CacheFolder(folder, Disk.REAL);
    }

    static CacheFolder at(Path folder, Disk disk) {
        return new CacheFolder(folder, disk);
    }

    /** Where it is, whether it serves or not. */
    public Path path() {
        return wanted;
    }

    /** Why it does not serve, with the way out; empty if it does. The first write may show that it cannot be written. */
    public Optional<String> problem() {
        open();
        return Optional.of(problem).filter(text -> !text.isEmpty());
    }

    /** A file's contents; empty if there is none, or others could have written it. */
    public Optional<byte[]> read(String name) {
        Optional<Path> file = open().map(at -> at.resolve(name));
        if (file.isEmpty() || !Files.exists(file.get(), LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            OwnerOnly.check(file.get());
            return Optional.of(Files.readAllBytes(file.get()));
        } catch (IOException e) {
            LOG.warn("{} is not used: {}", file.get(), Reasons.of(e));
            return Optional.empty();
        }
    }

    /** Writes a file, in one step for all who read it. Where that fails, a warning says so, once. */
    public void write(String name, byte[] contents) {
        Optional<Path> at = open();
        if (at.isEmpty() || !problem.isEmpty()) {
            return;
        }
        Path part = null;
        try {
            part = at.get().resolve(Folders.HALF_WRITTEN + ProcessHandle.current().pid() + "-" + System.nanoTime());
            try (OutputStream out = disk.create(part)) {
                out.write(contents);
            }
            OwnerOnly.seal(part);
            Files.move(part, at.get().resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            if (part != null) {
                Folders.delete(part);
            }
            fail("cannot be written: " + Reasons.of(e));
        }
    }

    /** Takes a file away, for instance because it is damaged. */
    public void remove(String name) {
        open().ifPresent(at -> Folders.delete(at.resolve(name)));
    }

    /**
     * Does something while no other process or thread does anything under the same lock of this folder. Where there are no locks, it is
     * done all the same: what is written is whole in any case.
     *
     * @param lock name of the lock, for instance that of the file to make
     */
    public <T> T locked(String lock, Supplier<T> action) {
        Optional<Path> at = open();
        if (at.isEmpty()) {
            return action.get();
        }
        // One of a few files, so that locks do not pile up: two names that share one only wait without need.
        Path file = at.get().resolve(".lock-%x".formatted(lock.hashCode() & 0xF));
        // Locks on files belong to the process: its threads need one of their own.
        ReentrantLock threads = THREADS.computeIfAbsent(file, _ -> new ReentrantLock());
        boolean nested = threads.isHeldByCurrentThread();
        threads.lock();
        FileChannel channel = nested ? null : lockFile(file);
        try {
            return action.get();
        } finally {
            release(channel);
            threads.unlock();
        }
    }

    /** Some network file systems have no locks; then there is none. */
    private static FileChannel lockFile(Path file) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
            channel.lock();
        } catch (IOException e) {
            LOG.debug("{} does not lock: {}", file, Reasons.of(e));
        }
        return channel;
    }

    /** Closing gives the lock back. */
    private static void release(FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.debug("a lock was not closed: {}", Reasons.of(e));
        }
    }

    private synchronized Optional<Path> open() {
        if (!opened) {
            opened = true;
            try {
                folder = OwnerOnly.folder(wanted);
                Folders.sweep(folder);
            } catch (IOException e) {
                fail("cannot serve: " + Reasons.of(e));
            }
        }
        return Optional.ofNullable(folder);
    }

    private synchronized void fail(String why) {
        if (problem.isEmpty()) {
            problem = "the cache " + wanted + " " + why + "; what it would keep is made anew each time. " + UserCache.HINT + ".";
            LOG.warn(problem);
        }
    }
}
