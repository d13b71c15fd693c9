package dev.lamina.cuda.kernels;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * A compiled module as a file: magic number, length, SHA-256 of key and image, then the image, so that a file that was cut short or
 * changed, or that is another one under this name, is known as such. Stateless.
 */
final class KernelImage {
    private static final int MAGIC = 0x4C4B4332;
    private static final int DIGEST = 32;
    private static final int HEADER = Integer.BYTES + Long.BYTES + DIGEST;

    /** A file that is not what was written. */
    static final class Damaged extends Exception {
        private static final long serialVersionUID = 1;

        Damaged(String message) {
            super(message);
        }
    }

    private KernelImage() { }

    /** The file's name: different for different source, options (the architecture among them) and compiler. */
    static String key(String source, List<String> options, String version) {
        MessageDigest digest = sha256();
        for (String part : List.of(version, String.join("\n", options), source)) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return HexFormat.of().formatHex(digest.digest()) + ".bin";
    }

    static byte[] pack(String key, byte[] image) {
        return ByteBuffer.allocate(HEADER + image.length).putInt(MAGIC).putLong(image.length).put(digest(key, image)).put(image).array();
    }

    private static byte[] digest(String key, byte[] image) {
        MessageDigest digest = sha256();
        digest.update(key.getBytes(StandardCharsets.UTF_8));
        return digest.digest(image);
    }

    static byte[] unpack(String key, byte[] file) throws Damaged {
        if (file.length < HEADER) {
            throw new Damaged(file.length + " bytes are less than the header's " + HEADER);
        }
        ByteBuffer in = ByteBuffer.wrap(file);
        int magic = in.getInt();
        if (magic != MAGIC) {
            throw new Damaged("it starts with %08x instead of %08x".formatted(magic, MAGIC));
        }
        long length = in.getLong();
        if (length != file.length - HEADER) {
            throw new Damaged("it holds " + (file.length - HEADER) + " bytes of " + length);
        }
        byte[] digest = new byte[DIGEST];
        in.get(digest);
        byte[] image = Arrays.copyOfRange(file, HEADER, file.length);
        if (!Arrays.equals(digest, digest(key, image))) {
            throw new Damaged("its checksum is wrong");
        }
        return image;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
