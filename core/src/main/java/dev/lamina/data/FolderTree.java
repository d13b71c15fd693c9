package dev.lamina.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Files below a folder; links are followed. Immutable and thread-safe. */
final class FolderTree implements ImageTree {
    private static final int DEEPEST = 32;

    private final Path root;
    private final List<Item> files = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();

    FolderTree(Path root) throws IOException {
        this.root = root;
        Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEEPEST, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                if (folder.equals(root)) {
                    return FileVisitResult.CONTINUE;
                }
                if (ImageTree.hidden(folder.getFileName().toString())) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                folders.add(name(folder));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!ImageTree.hidden(file.getFileName().toString())) {
                    if (!attributes.isRegularFile()) {
                        throw new DataException("data \"" + root + "\": " + name(file)
                                + " is no file that can be read (a broken link?). Delete it, or mend it.");
                    }
                    files.add(new Item(name(file), attributes.size()));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                throw new DataException("data \"" + root + "\": " + name(file) + " cannot be read, "
                        + failure.getClass().getSimpleName() + ". Mend its permissions, or leave it out.", failure);
            }
        });
    }

    private String name(Path path) {
        return root.relativize(path).toString().replace(path.getFileSystem().getSeparator(), "/");
    }

    @Override
    public List<Item> files() {
        return files;
    }

    @Override
    public List<String> folders() {
        return folders;
    }

    @Override
    public byte[] read(String path) throws IOException {
        try (InputStream in = Files.newInputStream(root.resolve(path))) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            if (bytes.length == MOST_BYTES) {
                throw new DataException(path + ": has " + MOST_BYTES + " bytes or more, larger than any image that is read.");
            }
            return bytes;
        }
    }
}
