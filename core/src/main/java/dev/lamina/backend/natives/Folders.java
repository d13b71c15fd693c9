package dev.lamina.backend.natives;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Taking folders with unpacked files away. */
public final class Folders {
    /** How the names of folders begin that nobody has finished yet. */
    static final String HALF_WRITTEN = ".part-";
    private static final String DISCARDED = ".old-";
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final Logger LOG = LoggerFactory.getLogger(Folders.class);

    private Folders() { }

    /** Takes a folder away in one step, so that nobody finds half of it, then deletes it as far as the system allows. */
    public static void discard(Path folder) {
        Path aside = folder.resolveSibling(DISCARDED + ProcessHandle.current().pid() + "-" + System.nanoTime());
        try {
            Files.move(folder, aside);
            delete(aside);
        } catch (IOException e) {
            LOG.debug("{} was not removed: {}", folder, Reasons.of(e));
        }
    }

    /** Deletes a folder of plain files, or a single file; what cannot be deleted (on Windows a loaded library) stays. */
    public static void delete(Path folder) {
        try {
            if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
                    for (Path file : files) {
                        delete(file);
                    }
                }
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            LOG.debug("{} was not deleted: {}", folder, Reasons.of(e));
        }
    }

    /** Deletes what killed processes left more than a day ago. */
    public static void sweep(Path cache) {
        Instant limit = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(cache, "{" + HALF_WRITTEN + "," + DISCARDED + "}*")) {
            for (Path folder : leftovers) {
                if (Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant().isBefore(limit)) {
                    delete(folder);
                }
            }
        } catch (IOException e) {
            LOG.debug("{} was not swept: {}", cache, Reasons.of(e));
        }
    }
}
