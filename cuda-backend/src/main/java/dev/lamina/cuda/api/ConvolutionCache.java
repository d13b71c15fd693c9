package dev.lamina.cuda.api;

import dev.lamina.backend.natives.CacheFolder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measured choices of algorithms, kept in a file for each device, driver and cuDNN version. Thread-safe, and so between processes. A choice
 * is one line with a checksum; a line that is damaged, or of another format, counts as not written.
 */
public final class ConvolutionCache {
    /** Name of the folder below the user's cache. */
    public static final String FOLDER = "cuda-convolutions";

    private static final Logger LOG = LoggerFactory.getLogger(ConvolutionCache.class);
    private static final String FORMAT = "lamina-convolution-1";
    private static final int FIELDS = 8;
    private static final int NAME_DIGITS = 24;
    private static final String SEPARATOR = "\t";

    private final CacheFolder folder;
    private final String file;
    private final Map<String, ConvolutionAlgorithm> known = new ConcurrentHashMap<>();

    /** What a choice depends on beside device and versions. */
    record Key(ConvolutionPass pass, ConvolutionShape shape, long workspaceLimit, boolean deterministic) {
        String text() {
            return pass + " " + shape + ", at most " + workspaceLimit + " bytes" + (deterministic ? ", deterministic" : "");
        }
    }

    private ConvolutionCache(CacheFolder folder, String file) {
        this.folder = folder;
        this.file = file;
    }

    /** Choices that are forgotten with this object. */
    public static ConvolutionCache inMemory() {
        return new ConvolutionCache(null, "");
    }

    /**
     * The choices kept in a folder.
     *
     * @param folder see {@link #FOLDER}
     * @param device whose choices
     * @param dnnVersion cuDNN's version, see {@link Dnn#version}
     */
    public static ConvolutionCache in(CacheFolder folder, DeviceFacts device, long dnnVersion) {
        String identity = String.join(SEPARATOR, FORMAT, device.name(), device.uuid(), Integer.toString(device.driverVersion()),
                Long.toString(dnnVersion));
        ConvolutionCache cache = new ConvolutionCache(folder, digest(identity) + ".txt");
        cache.read();
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

    private void read() {
        // As Latin-1, so that no byte is illegal: what is damaged fails its checksum.
        String text = folder.read(file).map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1)).orElse("");
        long damaged = text.lines().filter(line -> !take(line)).count();
        if (damaged > 0) {
            LOG.warn("{} damaged lines of {} are passed over; those convolutions are measured anew.", damaged,
                    folder.path().resolve(file));
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

    void put(Key key, ConvolutionAlgorithm choice) {
        known.put(key.text(), choice);
        if (folder == null) {
            return;
        }
        folder.locked(file, () -> {
            // Other processes may have added choices of theirs.
            read();
            known.put(key.text(), choice);
            StringBuilder lines = new StringBuilder();
            new TreeMap<>(known).forEach((name, algorithm) -> lines.append(line(name, algorithm)).append('\n'));
            folder.write(file, lines.toString().getBytes(StandardCharsets.ISO_8859_1));
            return choice;
        });
    }

    private static String line(String key, ConvolutionAlgorithm a) {
        String facts = String.join(SEPARATOR, FORMAT, key, Integer.toString(a.number()), Integer.toString(a.mathType()),
                Long.toString(a.workspaceBytes()), Boolean.toString(a.deterministic()), Float.toString(a.milliseconds()));
        return facts + SEPARATOR + checksum(facts);
    }

    private static String checksum(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
