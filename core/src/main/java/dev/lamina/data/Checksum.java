package dev.lamina.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/**
 * The published checksum of a file. Immutable and thread-safe.
 *
 * @param algorithm {@code SHA-256} or {@code MD5}
 * @param hex the sum, 64 or 32 hexadecimal digits
 * @param ofContent true if the sum is that of the content of a gzip file, which does not depend on how it was packed
 */
public record Checksum(String algorithm, String hex, boolean ofContent) {
    /**
     * A checked checksum; digits become lower case.
     *
     * @throws IllegalArgumentException if the algorithm is another, or the digits are not as many hexadecimal ones as it gives
     */
    public Checksum {
        hex = hex.toLowerCase(Locale.ROOT);
        int digits = switch (algorithm) {
            case "SHA-256" -> 64;
            case "MD5" -> 32;
            default -> throw new IllegalArgumentException("checksum: algorithm \"" + algorithm + "\", needs SHA-256 or MD5.");
        };
        if (!hex.matches("[0-9a-f]{" + digits + "}")) {
            throw new IllegalArgumentException("checksum: \"" + hex + "\" is no " + algorithm + " sum, needs " + digits
                    + " hexadecimal digits.");
        }
    }

    /** SHA-256 of the file as it is. */
    public static Checksum sha256(String hex) {
        return new Checksum("SHA-256", hex, false);
    }

    /** SHA-256 of the unpacked content of a gzip file. */
    public static Checksum sha256OfContent(String hex) {
        return new Checksum("SHA-256", hex, true);
    }

    /** MD5 of the file as it is, for sets whose authors publish nothing better. Guards against accidents, not against attack. */
    public static Checksum md5(String hex) {
        return new Checksum("MD5", hex, false);
    }

    /**
     * The sum of a file under this algorithm, in lower case.
     *
     * @throws IOException if the file cannot be read or, for a sum of the content, is not a whole gzip file
     */
    public String compute(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no " + algorithm + ".", e);
        }
        byte[] buffer = new byte[1 << 16];
        try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), buffer.length);
                InputStream in = ofContent ? new GZIPInputStream(raw, buffer.length) : raw) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** For example {@code SHA-256 of the content}. */
    String label() {
        return ofContent ? algorithm + " of the content" : algorithm;
    }
}
