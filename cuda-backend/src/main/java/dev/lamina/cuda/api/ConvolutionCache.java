package dev.lamina.cuda.api;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measured choices of algorithms, kept in a file for each device, driver and cuDNN version. Thread-safe, and so between processes: a choice
 * is one line with a checksum, appended in one write. A line that is damaged, or of another format, counts as not written.
 */
public final class ConvolutionCache {
    private static final Logger LOG = LoggerFactory.getLogger(ConvolutionCache.class);
    private static final String FORMAT = "lamina-convolution-1";
    private static final int FIELDS = 8;
    private static final int NAME_DIGITS = 24;
    private static final String SEPARATOR = "\t";

    private final Path file;
    private final Map<String, ConvolutionAlgorithm> known = new ConcurrentHashMap<>();

    /** What a choice depends on beside device and versions. */
    record Key(ConvolutionPass pass, ConvolutionShape shape, long workspaceLimit, boolean deterministic) {
        String text() {
            return pass + " " + shape + ", at most " + workspaceLimit + " bytes" + (deterministic ? ", deterministic" : "");
        }
    }

    private ConvolutionCache(Path file) {
        this.file = file;
    }

    /** Choices that are forgotten with this object. */
    public static ConvolutionCache inMemory() {
        return new ConvolutionCache(null);
    }

    /**
     * The choices kept in a folder. What cannot be read or written gets a warning, and those choices are forgotten with this object.
     *
     * @param folder exists, and nobody else can write it
     * @param device whose choices
     * @param dnnVersion cuDNN's version, see {@link Dnn#version}
     */
    public static ConvolutionCache in(Path folder, DeviceFacts device, long dnnVersion) {
        String identity = String.join(SEPARATOR, FORMAT, device.name(), device.uuid(), Integer.toString(device.driverVersion()),
                Long.toString(dnnVersion));
        ConvolutionCache cache = new ConvolutionCache(folder.resolve("convolutions-" + digest(identity) + ".txt"));
        try {
            cache.read();
        } catch (IOException e) {
            LOG.warn("Earlier choices of convolution algorithms are not used: {} cannot be read ({}).", cache.file, e.toString());
        }
        return cache;
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, NAME_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException("not a plain file");
        }
        int damaged = 0;
        // As Latin-1, so that no byte is illegal: what is damaged fails its checksum.
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            if (!line.isEmpty() && !take(line)) {
                damaged++;
            }
        }
        if (damaged > 0) {
            LOG.warn("{} damaged lines of {} are passed over; those convolutions are measured anew.", damaged, file);
        }
    }

    private boolean take(String line) {
        String[] fields = line.split(SEPARATOR, -1);
        int end = line.lastIndexOf(SEPARATOR);
        if (fields.length != FIELDS || !fields[0].equals(FORMAT) || !fields[FIELDS - 1].equals(checksum(line.substring(0, end)))) {
            return false;
        }
        try {
            known.put(fields[1], new ConvolutionAlgorithm(Integer.parseInt(fields[2]), Integer.parseInt(fields[3]),
                    Long.parseLong(fields[4]), Boolean.parseBoolean(fields[5]), Float.parseFloat(fields[6])));
            return true;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    Optional<ConvolutionAlgorithm> get(Key key) {
        return Optional.ofNullable(known.get(key.text()));
    }

    void put(Key key, ConvolutionAlgorithm a) {
        known.put(key.text(), a);
        if (file == null) {
            return;
        }
        String facts = String.join(SEPARATOR, FORMAT, key.text(), Integer.toString(a.number()), Integer.toString(a.mathType()),
                Long.toString(a.workspaceBytes()), Boolean.toString(a.deterministic()), Float.toString(a.milliseconds()));
        try {
            append(facts + SEPARATOR + checksum(facts));
        } catch (IOException e) {
            LOG.warn("The choice of a convolution algorithm is not kept: {} cannot be written ({}).", file, e.toString());
        }
    }

    /** Starts with a line break too, so that a line which another process left half-written spoils only itself. */
    private void append(String line) throws IOException {
        Set<StandardOpenOption> create = Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        try (FileChannel channel = FileChannel.open(file, create, ownerOnly())) {
            channel.write(ByteBuffer.wrap(("\n" + line + "\n").getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    private FileAttribute<?>[] ownerOnly() {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
