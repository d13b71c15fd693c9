package dev.lamina.data;

import dev.lamina.data.HttpTransfer.StatusException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches one file by HTTP: tries the mirrors in turn, resumes a partial file, checks the sum, and puts the file in place atomically.
 *
 * <p>Bytes gather in {@code NAME.part} beside the target, which survives failures and crashes; the next attempt asks only for the rest, and
 * starts over where the server cannot resume or the sum of the joined file is wrong. The target appears whole and checked, or not at all.
 * Immutable and thread-safe; two downloads of one target at a time are refused.
 *
 * @param mirrors addresses of the file, http or https, tried in order
 * @param checksum what the file must have, or null to check its length only
 * @param attempts how often one mirror is asked without any byte arriving before it is given up, at least 1
 * @param backoff wait before the second attempt; doubles from one to the next, up to 30 s
 * @param timeout longest wait for a connection or for more bytes
 * @param progress hears how far it is
 */
public record Download(List<URI> mirrors, Checksum checksum, int attempts, Duration backoff, Duration timeout, DownloadProgress progress) {
    private static final Logger LOG = LoggerFactory.getLogger(Download.class);
    private static final long MAX_BACKOFF_MILLIS = 30_000;

    /**
     * Checked settings.
     *
     * @throws IllegalArgumentException if there is no mirror or {@code attempts < 1}
     */
    public Download {
        mirrors = List.copyOf(mirrors);
        if (mirrors.isEmpty() || attempts < 1) {
            throw new IllegalArgumentException("download: " + mirrors.size() + " addresses, attempts = " + attempts
                    + ", needs at least 1 of each.");
        }
    }

    /** 5 attempts, 1 s backoff, 30 s timeout, no progress. */
    public static Download of(List<URI> mirrors, Checksum checksum) {
        return new Download(mirrors, checksum, 5, Duration.ofSeconds(1), Duration.ofSeconds(30), DownloadProgress.NONE);
    }

    /** These settings with a listener. */
    public Download withProgress(DownloadProgress listener) {
        return new Download(mirrors, checksum, attempts, backoff, timeout, listener);
    }

    /** These settings with other numbers for retries. */
    public Download withRetries(int newAttempts, Duration newBackoff, Duration newTimeout) {
        return new Download(mirrors, checksum, newAttempts, newBackoff, newTimeout, progress);
    }

    /**
     * Fetches the file unless it is there already with the right sum. Makes its folder.
     *
     * @throws DataException if every mirror fails, the sum is wrong, the disk cannot be written, or another process fetches the same file
     * @throws InterruptedIOException if the thread is interrupted; the partial file is kept
     */
    public void to(Path target) throws IOException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        if (Files.exists(target) && (checksum == null || checksum.hex().equals(sumOf(target)))) {
            return;
        }
        List<String> failures = new ArrayList<>();
        makeFolder(target);
        for (URI mirror : mirrors) {
            try {
                fetch(mirror, target, part);
                return;
            } catch (MirrorException e) {
                LOG.info("download \"{}\": {}", target.getFileName(), e.getMessage());
                failures.add(e.getMessage());
            }
        }
        long kept = Files.exists(part) ? Files.size(part) : 0;
        if (kept == 0) {
            Files.deleteIfExists(part);
        }
        throw new DataException("download \"" + target.getFileName() + "\": " + String.join("; ", failures) + "."
                + (kept > 0 ? " " + kept + " bytes are kept in " + part + "; run again to resume." : "")
                + " Or fetch the file by other means and put it at " + target + ".");
    }

    /** A mirror that has failed for good; the message is without a full stop. */
    private static final class MirrorException extends Exception {
        private static final long serialVersionUID = 1;

        MirrorException(String message) {
            super(message);
        }
    }

    private static void makeFolder(Path target) throws DataException {
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new DataException("download \"" + target.getFileName() + "\": cannot make the folder "
                    + target.toAbsolutePath().getParent() + ": " + e.getMessage() + ". Choose another with --data-dir or LAMINA_DATA.", e);
        }
    }

    private void fetch(URI mirror, Path target, Path part) throws IOException, MirrorException {
        boolean restarted = false;
        while (true) {
            boolean resumed = fill(mirror, target, part);
            String found = checksum == null ? null : sumOf(part);
            if (checksum == null || checksum.hex().equals(found)) {
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                return;
            }
            long bytes = Files.size(part);
            Files.delete(part);
            if (!resumed || restarted) {
                throw new MirrorException("wrong " + checksum.label() + " from " + mirror + ", " + bytes + " bytes: found " + found
                        + ", needs " + checksum.hex());
            }
            LOG.info("download \"{}\": the resumed file has the wrong sum, starting over", target.getFileName());
            restarted = true;
        }
    }

    private String sumOf(Path file) {
        try {
            return checksum.compute(file);
        } catch (IOException e) {
            return "none (" + e.getMessage() + ")";
        }
    }

    /** Brings the partial file to its full length. True if it holds bytes of an earlier attempt. */
    private boolean fill(URI mirror, Path target, Path part) throws IOException, MirrorException {
        String name = target.getFileName().toString();
        boolean resumed = false;
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            claim(channel, name, part);
            int failures = 0;
            while (true) {
                long before = channel.size();
                try {
                    resumed = new HttpTransfer(mirror, channel, name, timeout, progress).run();
                    channel.force(true);
                    return resumed;
                } catch (DataException | ClosedByInterruptException e) {
                    throw e;
                } catch (StatusException e) {
                    if (!e.isTemporary()) {
                        throw new MirrorException(e.getMessage());
                    }
                    failures = retry(e.getMessage(), failures + 1, name);
                } catch (IOException e) {
                    String problem = e + " at byte " + channel.size() + " from " + mirror;
                    failures = retry(problem, channel.size() > before ? 1 : failures + 1, name);
                }
            }
        } catch (ClosedByInterruptException e) {
            throw interrupted(name);
        } catch (FileSystemException e) {
            throw new DataException("download \"" + name + "\": cannot write " + part + ": " + e.getMessage()
                    + ". Choose another folder with --data-dir or LAMINA_DATA.", e);
        }
    }

    /** Locks the partial file until the channel is closed. */
    private static void claim(FileChannel channel, String name, Path part) throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new DataException("download \"" + name + "\": another download is writing " + part + ". Wait for it to end.");
        }
    }

    /** Waits before the next attempt; returns the failures so far. */
    private int retry(String problem, int failures, String name) throws MirrorException, InterruptedIOException {
        if (failures >= attempts) {
            throw new MirrorException(problem + ", " + failures + (failures == 1 ? " attempt" : " attempts"));
        }
        long millis = Math.min(MAX_BACKOFF_MILLIS, backoff.toMillis() << Math.min(20, failures - 1));
        LOG.info("download \"{}\": {}; trying again in {} ms", name, problem, millis);
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(name);
        }
        return failures;
    }

    private static InterruptedIOException interrupted(String name) {
        return new InterruptedIOException("download \"" + name + "\": interrupted. Run again to resume.");
    }
}
