package dev.lamina.cpu.natives;

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
final class Folders {
    static final String HALF_WRITTEN = ".part-";
    private static final String DISCARDED = ".old-";
    private static final Duration ABANDONED = Duration.ofDays(1);
    private static final Logger LOG = LoggerFactory.getLogger(Folders.class);

    private Folders() { }

    /** Takes a folder away in one step, so that nobody finds half of it, then deletes it as far as the system allows. */
    static void discard(Path folder) {
        Path aside = folder.resolveSibling(DISCARDED + ProcessHandle.current().pid() + "-" + System.nanoTime());
        try {
            Files.move(folder, aside);
            delete(aside);
        } catch (IOException e) {
            LOG.debug("{} was not removed: {}", folder, Locator.reason(e));
        }
    }

    /** Deletes a folder of plain files, or a single file; what cannot be deleted (on Windows a loaded library) stays. */
    static void delete(Path folder) {
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
            LOG.debug("{} was not deleted: {}", folder, Locator.reason(e));
        }
    }

    /** Deletes what killed processes left more than a day ago. */
    static void sweep(Path cache) {
        Instant limit = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(cache, "{" + HALF_WRITTEN + "," + DISCARDED + "}*")) {
            for (Path folder : leftovers) {
                if (Files.getLastModifiedTime(folder, LinkOption.NOFOLLOW_LINKS).toInstant().isBefore(limit)) {
                    delete(folder);
                }
            }
        } catch (IOException e) {
            LOG.debug("{} was not swept: {}", cache, Locator.reason(e));
        }
    }
}
