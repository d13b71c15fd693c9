package dev.lamina.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Files in a zip archive, which stays open; nothing is unpacked to disk. Entries whose names leave the archive's root are refused all the
 * same: names become classes. Thread-safe.
 */
final class ZipTree implements ImageTree {
    private final Path archive;
    private final ZipFile zip;
    private final List<Item> files = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();

    ZipTree(Path archive) throws IOException {
        this.archive = archive;
        try {
            zip = new ZipFile(archive.toFile());
        } catch (ZipException e) {
            throw new DataException("data \"" + archive + "\": is neither a folder nor a zip archive, or is damaged (" + e.getMessage()
                    + ").", e);
        }
        try {
            index();
        } catch (DataException e) {
            zip.close();
            throw e;
        }
    }

    private void index() throws DataException {
        Set<String> names = new HashSet<>();
        Set<String> parents = new HashSet<>();
        for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements();) {
            ZipEntry entry = entries.nextElement();
            String name = entry.isDirectory() ? entry.getName().substring(0, entry.getName().length() - 1) : entry.getName();
            requireSafe(name);
            if (!names.add(name)) {
                throw new DataException("data \"" + archive + "\": has two entries \"" + name + "\". Pack it anew.");
            }
            String[] parts = name.split("/");
            boolean hidden = false;
            for (String part : parts) {
                hidden |= ImageTree.hidden(part);
            }
            if (hidden) {
                continue;
            }
            StringBuilder parent = new StringBuilder();
            for (int i = 0; i < parts.length - (entry.isDirectory() ? 0 : 1); i++) {
                parent.append(i == 0 ? "" : "/").append(parts[i]);
                if (parents.add(parent.toString())) {
                    folders.add(parent.toString());
                }
            }
            if (!entry.isDirectory()) {
                files.add(new Item(name, entry.getSize()));
            }
        }
    }

    private void requireSafe(String name) throws DataException {
        boolean safe = !name.isEmpty() && name.indexOf('\\') < 0 && name.indexOf(':') < 0
                && name.chars().noneMatch(Character::isISOControl);
        for (String part : name.split("/", -1)) {
            safe &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
        }
        if (!safe) {
            throw new DataException("data \"" + archive + "\": entry \"" + name.replaceAll("\\p{Cntrl}", "?")
                    + "\" has a name that is no plain path below the archive. Pack it anew.");
        }
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
        ZipEntry entry = zip.getEntry(path);
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(MOST_BYTES);
            if (bytes.length == MOST_BYTES) {
                throw new DataException(path + ": has " + MOST_BYTES + " bytes or more, larger than any image that is read.");
            }
            if (entry.getSize() >= 0 && entry.getSize() != bytes.length) {
                throw new DataException(path + ": has " + bytes.length + " bytes, the archive claims " + entry.getSize() + ".");
            }
            return bytes;
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
