package dev.lamina.backend.natives;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Keeps code that the process will run out of other users' hands: a library is opened only from a folder that nobody else can write,
 * rename or point elsewhere. On systems without POSIX permissions (Windows) the user's profile folder protects it, and nothing is checked.
 */
public final class OwnerOnly {
    private static final int ROOT = 0;
    private static final int STICKY = 01000;
    private static final int GROUP_WRITE = 0020;
    private static final int OTHERS_WRITE = 0002;
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private OwnerOnly() { }

    /**
     * Makes the folder (mode 700) where it is missing, and vets it.
     *
     * @return its real path, free of symbolic links
     * @throws IOException if it cannot be made, or another user could change what lies in it
     */
    public static Path folder(Path folder) throws IOException {
        return folder(folder, posix(folder) ? User.ID : ROOT);
    }

    static Path folder(Path folder, long user) throws IOException {
        if (!posix(folder)) {
            return Files.createDirectories(folder).toRealPath();
        }
        Path absolute = folder.toAbsolutePath().normalize();
        checkLinks(absolute, user);
        checkExisting(absolute, user);
        Files.createDirectories(absolute, PosixFilePermissions.asFileAttribute(PRIVATE));
        Path real = absolute.toRealPath();
        for (Path above = real.getParent(); above != null; above = above.getParent()) {
            checkAbove(above, user);
        }
        checkOwner(real, user, false);
        if ((mode(real) & OTHERS_WRITE) != 0) {
            throw new IOException(real + " can be written by everyone");
        }
        // Nobody else's rights stay; whether the owner may write is left as he has set it.
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(real);
        if (permissions.retainAll(PRIVATE)) {
            Files.setPosixFilePermissions(real, permissions);
        }
        return real;
    }

    /** That a file or folder is no symbolic link, belongs to this user and can be written by nobody else. */
    public static void check(Path file) throws IOException {
        check(file, posix(file) ? User.ID : ROOT);
    }

    static void check(Path file, long user) throws IOException {
        if (Files.isSymbolicLink(file)) {
            throw new IOException(file + " is a symbolic link");
        }
        if (!posix(file)) {
            return;
        }
        checkOwner(file, user, false);
        if ((mode(file) & (GROUP_WRITE | OTHERS_WRITE)) != 0) {
            throw new IOException(file + " can be written by other users");
        }
    }

    /** Mode 600 for a file just written, whatever the umask. */
    public static void seal(Path file) throws IOException {
        if (posix(file)) {
            Files.setPosixFilePermissions(file, EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        }
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("unix");
    }

    private static void checkLinks(Path absolute, long user) throws IOException {
        Path path = absolute.getRoot();
        for (Path name : absolute) {
            path = path.resolve(name);
            if (Files.isSymbolicLink(path)) {
                checkOwner(path, user, true);
            }
        }
    }

    /** Nothing is made in a folder where it would not be safe. */
    private static void checkExisting(Path absolute, long user) throws IOException {
        Path existing = absolute;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (!existing.equals(absolute)) {
            for (Path above = existing.toRealPath(); above != null; above = above.getParent()) {
                checkAbove(above, user);
            }
        }
    }

    /** Whoever may rename a folder's entries may put another in its place; in a sticky folder such as /tmp only their owner may. */
    private static void checkAbove(Path folder, long user) throws IOException {
        checkOwner(folder, user, true);
        int mode = mode(folder);
        if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
            throw new IOException(folder + " can be written by everyone");
        }
    }

    private static void checkOwner(Path file, long user, boolean orRoot) throws IOException {
        int owner = (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (owner != user && !(orRoot && owner == ROOT)) {
            throw new IOException(file + " belongs to another user (id " + owner + ", this process runs as " + user + ")");
        }
    }

    private static int mode(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    }

    /** Read on POSIX systems only. */
    private static final class User {
        static final long ID = new UnixSystem().getUid();
    }
}
