package dev.lamina.data;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files below a folder or in a zip archive, by paths relative to it with {@code /} between names. Any number of threads may read. */
public sealed interface ImageTree extends Closeable permits FolderTree, ZipTree {
    /** Bytes of the largest file that is read. */
    int MOST_BYTES = 256 << 20;

    /** All files, in no particular order; hidden ones are left out. */
    List<Item> files();

    /** All folders, the files' own included; those of a zip archive only as far as it names them. */
    List<String> folders();

    /**
     * The bytes of a file.
     *
     * @throws DataException if it has {@link #MOST_BYTES} or more
     * @throws IOException if it cannot be read
     */
    byte[] read(String path) throws IOException;

    /** A file with its size in bytes, as the folder or archive tells it. */
    record Item(String path, long size) { }

    /**
     * Opens a folder or a zip archive.
     *
     * @throws DataException if it is neither, or names of an archive are not safe
     */
    static ImageTree open(Path root) throws IOException {
        if (Files.isDirectory(root)) {
            return new FolderTree(root);
        }
        if (!Files.exists(root)) {
            throw new DataException("data \"" + root + "\": there is no such file or folder.");
        }
        return new ZipTree(root);
    }

    /** Names that systems leave behind and nobody means. */
    static boolean hidden(String name) {
        return name.startsWith(".") || name.equals("__MACOSX") || name.equalsIgnoreCase("Thumbs.db")
                || name.equalsIgnoreCase("desktop.ini");
    }

    @Override
    default void close() throws IOException { }
}
